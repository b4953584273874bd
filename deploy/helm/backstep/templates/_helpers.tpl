{{- define "backstep.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "backstep.fullname" -}}
{{- $name := include "backstep.name" . -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $full .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Of the Service that all the operator's pods are behind, also those that are not ready. */}}
{{- define "backstep.metricsName" -}}
{{- printf "%s-metrics" (include "backstep.fullname" .) | trunc 63 -}}
{{- end -}}

{{/* Cluster-wide objects carry the namespace: two releases of the same name must not share them. */}}
{{- define "backstep.clusterName" -}}
{{- printf "%s-%s" .Release.Namespace (include "backstep.fullname" .) -}}
{{- end -}}

{{/* Of (list context resource). The operator knows the policy that refused its forgery by the end of this name. */}}
{{- define "backstep.policyName" -}}
{{- printf "%s.%s.backstep.dev" (include "backstep.clusterName" (index . 0)) (index . 1) -}}
{{- end -}}

{{- define "backstep.serviceAccountName" -}}
{{- default (ternary (include "backstep.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "backstep.selectorLabels" -}}
app.kubernetes.io/name: {{ include "backstep.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "backstep.labels" -}}
{{ include "backstep.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: backstep
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "backstep.responderSelector" -}}
app.kubernetes.io/name: {{ include "backstep.name" . }}-responder
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "backstep.responderLabels" -}}
{{ include "backstep.responderSelector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: backstep
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* The operator's ServiceAccount, as the subject of a binding. */}}
{{- define "backstep.subjects" -}}
- kind: ServiceAccount
  name: {{ include "backstep.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end -}}
