-- Who asks, as the API server knows whoever carries out Argo CD's actions.
local by = "system:serviceaccount:argocd:argocd-server"

local run = obj.spec.run
if run == nil or run.id ~= obj.status.run.id then
  -- A trigger began the run; whoever steers it names it, with all that a run has to have.
  run = {
    id = obj.status.run.id,
    reason = "It is steered from Argo CD.",
    requestedBy = by,
    levels = { obj.spec.levels[1].name },
  }
  obj.spec.run = run
end
run.state = "Running"
run.stateBy = by
return obj
