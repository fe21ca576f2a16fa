"""From a notification to the text that one person reads: templates, languages, previews. It knows no Temporal."""
