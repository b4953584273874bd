{{/*
What the operator may do in every namespace whose plans it carries out: read, keep its own records, and act as a plan's
ServiceAccount. It has no right of its own to change a workload and none to read a Secret.
*/}}
{{- define "backstep.namespacedRules" -}}
- apiGroups: [backstep.dev]
  resources: [rollbackplans, synccontrols, dbrestores]
  verbs: [get, list, watch, update, patch]
- apiGroups: [backstep.dev]
  resources: [rollbackplans/status, synccontrols/status, dbrestores/status]
  verbs: [get, update, patch]
- apiGroups: [backstep.dev]
  resources: [rollbackplans/finalizers, synccontrols/finalizers, dbrestores/finalizers]
  verbs: [update]
- apiGroups: [backstep.dev]
  resources: [approvals]
  verbs: [get, list, watch]
# For dry runs only: the operator sends a forged approval that the admission policy must refuse, as the proof that the
# policy is in force. It has no verb approve, so the policy refuses every real one as well.
- apiGroups: [backstep.dev]
  resources: [approvals]
  verbs: [create]
- apiGroups: [apps]
  resources: [deployments, statefulsets, daemonsets, replicasets]
  verbs: [get, list, watch]
# Of Argo Rollouts, where it is installed; else the rule is about nothing.
- apiGroups: [argoproj.io]
  resources: [rollouts]
  verbs: [get, list, watch]
# Of Argo CD and Flux, where they are installed: whether they would put back what a plan changes.
- apiGroups: [argoproj.io]
  resources: [applications]
  verbs: [get]
- apiGroups: [kustomize.toolkit.fluxcd.io, helm.toolkit.fluxcd.io]
  resources: [kustomizations, helmreleases]
  verbs: [get]
# Where stable states, run claims and before-images are kept: written once, never changed.
- apiGroups: [apps]
  resources: [controllerrevisions]
  verbs: [get, list, watch, create, delete]
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list]
- apiGroups: [""]
  resources: [configmaps, services]
  verbs: [get]
# Which replicas are behind a Service: where a headless one answers, and for gates that ask every replica.
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [list]
# To see whether the Job of an action has ended, what a CronJob would run, and which of its Jobs run.
- apiGroups: [batch]
  resources: [jobs, cronjobs]
  verbs: [get]
- apiGroups: [batch]
  resources: [jobs]
  verbs: [list]
# Of KEDA, where it is installed.
- apiGroups: [keda.sh]
  resources: [scaledobjects]
  verbs: [get]
# To see what a route does, before and after a path of it is blocked.
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: [get]
- apiGroups: [gateway.networking.k8s.io]
  resources: [httproutes]
  verbs: [get]
# Every change of a workload and every read of a Secret is made as the plan's ServiceAccount. Kubernetes checks the user
# system:serviceaccount:NAMESPACE:NAME as the verb impersonate on that ServiceAccount; a right on users is not asked for.
# No right on groups is given: without an Impersonate-Group header the API server itself adds the groups that every
# ServiceAccount has. With the header it asks for a right on each of them, and system:serviceaccounts:NAMESPACE cannot be
# named beforehand for all namespaces: the right would have to be on every group, system:masters among them.
- apiGroups: [""]
  resources: [serviceaccounts]
  verbs: [get, impersonate]
- apiGroups: ["", events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end -}}
