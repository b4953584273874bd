{{/* What is started by Helm, and is not one of the operator's pods. */}}
{{- define "backstep.hookSelector" -}}
app.kubernetes.io/name: {{ include "backstep.name" . }}-hook
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "backstep.hookLabels" -}}
{{ include "backstep.hookSelector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: backstep
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/*
The pod of (list context program): the operator's image with another program, as the operator's ServiceAccount, so that it
needs no rights of its own.
*/}}
{{- define "backstep.hookPod" -}}
{{- $ := index . 0 -}}
restartPolicy: Never
serviceAccountName: {{ include "backstep.serviceAccountName" $ }}
enableServiceLinks: false
{{- with $.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  seccompProfile:
    type: RuntimeDefault
containers:
- name: program
  image: {{ printf "%s:%s" $.Values.image.repository (default $.Chart.AppVersion $.Values.image.tag) | quote }}
  imagePullPolicy: {{ $.Values.image.pullPolicy }}
  command:
  - java
  - -XX:+UseSerialGC
  - -XX:TieredStopAtLevel=1
  - -Xmx96m
  - -Djava.util.logging.manager=org.jboss.logmanager.LogManager
  - -cp
  - "app/*:lib/boot/*:lib/main/*"
  - dev.backstep.installation.{{ index . 1 }}
  workingDir: /app
  securityContext:
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities:
      drop: [ALL]
  env:
  - name: BACKSTEP_INSTALLATION
    value: {{ dict
        "release" $.Release.Name
        "namespace" $.Release.Namespace
        "revision" $.Release.Revision
        "watched" $.Values.watchNamespaces
        "service" (printf "%s.%s.svc" (include "backstep.metricsName" $) $.Release.Namespace)
        "replicas" (int $.Values.replicas) | toJson | quote }}
  resources:
    requests:
      cpu: 50m
      memory: 128Mi
    limits:
      memory: 256Mi
  volumeMounts:
  - name: tmp
    mountPath: /tmp
volumes:
- name: tmp
  emptyDir:
    sizeLimit: 16Mi
{{- with $.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $.Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
