"""
The words of a paper that its writers did not write: headings and labels, in each language that papers come in.

What people wrote stays as they wrote it.
"""

from collections.abc import Mapping

FALLBACK = "en"

_EN = {
    "title": "Root cause analysis",
    "reference": "Reference",
    "priority": "Priority",
    "date": "Date",
    "what_happened": "What happened, and why",
    "what_we_do": "What we are doing to keep it from happening again",
    "not_approved": "Draft. Not approved yet, and not to be sent.",
    "internal": "Internal. For our own people only, never for customers.",
    "customers": "Customers",
    "opened": "Opened",
    "version": "Version",
    "filed": "{version}, filed by {by} on {at}",
    "problem_records": "Problem records",
    "summary": "Summary",
    "timeline": "Timeline",
    "root_causes": "Root causes",
    "five_whys": "Five whys",
    "contributing_factors": "Contributing factors",
    "went_well": "What went well",
    "went_badly": "What went badly",
    "corrective_actions": "Corrective actions",
    "summary_for_customers": "Summary for customers",
    "links": "Links",
    "at": "Time",
    "what": "Description",
    "owner": "Owner",
    "due": "Due",
    "for_customers": "For customers",
    "none": "None",
    "page": "Page {page} of {pages}",
}
_ID = {
    "title": "Analisis akar masalah",
    "reference": "Nomor laporan",
    "priority": "Prioritas",
    "date": "Tanggal",
    "what_happened": "Apa yang terjadi, dan mengapa",
    "what_we_do": "Langkah kami agar hal ini tidak terulang",
    "not_approved": "Draf. Belum disetujui dan belum boleh dikirim.",
    "internal": "Internal. Hanya untuk karyawan kami, tidak untuk pelanggan.",
    "customers": "Pelanggan",
    "opened": "Dibuka",
    "version": "Versi",
    "filed": "{version}, diajukan oleh {by} pada {at}",
    "problem_records": "Catatan problem",
    "summary": "Ringkasan",
    "timeline": "Kronologi",
    "root_causes": "Akar masalah",
    "five_whys": "Lima mengapa (5 Whys)",
    "contributing_factors": "Faktor yang turut berperan",
    "went_well": "Yang berjalan baik",
    "went_badly": "Yang perlu diperbaiki",
    "corrective_actions": "Tindakan perbaikan",
    "summary_for_customers": "Ringkasan untuk pelanggan",
    "links": "Tautan",
    "at": "Waktu",
    "what": "Uraian",
    "owner": "Penanggung jawab",
    "due": "Tenggat",
    "for_customers": "Untuk pelanggan",
    "none": "Tidak ada",
    "page": "Halaman {page} dari {pages}",
}
_TR = {
    "title": "Kök neden analizi",
    "reference": "Başvuru no",
    "priority": "Öncelik",
    "date": "Tarih",
    "what_happened": "Ne oldu ve neden oldu",
    "what_we_do": "Yinelenmemesi için atacağımız adımlar",
    "not_approved": "Taslak. Henüz onaylanmadı, gönderilemez.",
    "internal": "Kurum içi. Yalnızca çalışanlarımız içindir, müşterilerle paylaşılmaz.",
    "customers": "Müşteriler",
    "opened": "Açılış",
    "version": "Sürüm",
    "filed": "{version}; sunan: {by}, {at}",
    "problem_records": "Problem kayıtları",
    "summary": "Özet",
    "timeline": "Zaman çizelgesi",
    "root_causes": "Kök nedenler",
    "five_whys": "Beş neden",
    "contributing_factors": "Etkili olan diğer faktörler",
    "went_well": "İyi gidenler",
    "went_badly": "İyi gitmeyenler",
    "corrective_actions": "Düzeltici aksiyonlar",
    "summary_for_customers": "Müşteriler için özet",
    "links": "Bağlantılar",
    "at": "Zaman",
    "what": "Açıklama",
    "owner": "Sorumlu",
    "due": "Son tarih",
    "for_customers": "Müşteriler için",
    "none": "Yok",
    "page": "Sayfa {page} / {pages}",
}
LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": _EN, "id": _ID, "tr": _TR}


def language_for(wanted: str) -> str:
    """The nearest to *wanted*: ``tr`` for ``tr-CY``; English for what there are no words for."""
    tag = wanted.lower()
    while tag and tag not in LANGUAGES:
        tag = tag.rpartition("-")[0]
    return tag or FALLBACK
