{{/* Parts of several files: labels, the settings of a process, and what each pod has. */}}

{{- define "escalation.selector" -}}
app.kubernetes.io/name: escalation-engine
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "escalation.labels" -}}
{{ include "escalation.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* Settings that are no secret. Those of one process follow where it stands. */}}
{{- define "escalation.settings" -}}
- {name: TEMPORAL_ADDRESS, value: {{ .Values.temporal.address | quote }}}
- {name: TEMPORAL_NAMESPACE, value: {{ .Values.temporal.namespace | quote }}}
- {name: ESCALATION_METRICS_ADDRESS, value: "0.0.0.0:9464"}
{{- if .Values.files.playbook }}
- {name: ESCALATION_PLAYBOOK, value: {{ printf "/etc/escalation/%s" .Values.files.playbook | quote }}}
{{- end }}
{{- range $name, $value := .Values.settings }}
- {name: {{ $name }}, value: {{ $value | toString | quote }}}
{{- end }}
{{- end }}

{{/* A container without its command, settings of its own, ports and probes. */}}
{{- define "escalation.container" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
envFrom:
  - secretRef: {name: {{ .Values.secret | quote }}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: scratch, mountPath: /tmp}
  - {name: state, mountPath: /var/lib/escalation}
  {{- if .Values.files.configMap }}
  - {name: files, mountPath: /etc/escalation, readOnly: true}
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* A pod without its containers. */}}
{{- define "escalation.pod" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - {name: scratch, emptyDir: {}}
  - {name: state, emptyDir: {}}
  {{- if .Values.files.configMap }}
  - {name: files, configMap: {name: {{ .Values.files.configMap | quote }}}}
  {{- end }}
  {{- with .Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* The name by which Temporal knows all workers together; the Worker Controller wants this one. */}}
{{- define "escalation.deployment" -}}
{{ .Release.Namespace }}/{{ .Release.Name }}-worker
{{- end }}

{{- define "escalation.workerPod" -}}
metadata:
  labels:
    {{- include "escalation.selector" . | nindent 4 }}
    app.kubernetes.io/component: worker
  annotations:
    prometheus.io/scrape: "true"
    prometheus.io/port: "9464"
spec:
  {{- include "escalation.pod" . | nindent 2 }}
  # Activities under way have 30 s to finish.
  terminationGracePeriodSeconds: 45
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "escalation.selector" . | nindent 10 }}
          app.kubernetes.io/component: worker
  {{- with .Values.worker.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.worker.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: worker
      {{- include "escalation.container" . | nindent 6 }}
      command: [python, worker.py]
      env:
        {{- include "escalation.settings" . | nindent 8 }}
        - {name: ESCALATION_HEALTH_ADDRESS, value: "0.0.0.0:9465"}
        {{- if .Values.build }}
        - {name: ESCALATION_BUILD, value: {{ .Values.build | quote }}}
        {{- end }}
        {{- if .Values.workerController.enabled }}
        - {name: ESCALATION_DEPLOYMENT, value: {{ include "escalation.deployment" . | quote }}}
        {{- end }}
      ports:
        - {name: metrics, containerPort: 9464}
        - {name: health, containerPort: 9465}
      startupProbe:
        httpGet: {path: /livez, port: health}
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: {path: /livez, port: health}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: {path: /readyz, port: health}
        periodSeconds: 10
        timeoutSeconds: 5
      resources:
        {{- toYaml .Values.worker.resources | nindent 8 }}
{{- end }}

{{/* An autoscaler of workers, without the name of what it scales. */}}
{{- define "escalation.scaling" -}}
minReplicas: {{ .Values.worker.autoscaling.minReplicas }}
maxReplicas: {{ .Values.worker.autoscaling.maxReplicas }}
metrics:
  - type: External
    external:
      metric: {name: escalation_schedule_to_start_seconds}
      target: {type: Value, value: {{ .Values.worker.autoscaling.seconds | quote }}}
behavior:
  scaleUp:
    stabilizationWindowSeconds: 60
    policies: [{type: Pods, value: 2, periodSeconds: 60}]
  # Runs that move to another worker are replayed there, so workers go one by one.
  scaleDown:
    stabilizationWindowSeconds: 600
    policies: [{type: Pods, value: 1, periodSeconds: 120}]
{{- end }}
