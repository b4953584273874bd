-- Who asks, as the API server knows whoever carries out Argo CD's actions.
local by = "system:serviceaccount:argocd:argocd-server"

obj.spec.state = "Aborted"
obj.spec.stateBy = by
return obj
