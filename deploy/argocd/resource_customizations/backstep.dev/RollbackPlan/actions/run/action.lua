local os = require("os")

-- Who asks, as the API server knows whoever carries out Argo CD's actions.
local by = "system:serviceaccount:argocd:argocd-server"

local function given(name)
  local value = actionParams[name]
  if value ~= nil and value ~= "" then
    return value
  end
end

local levels
if given("level") ~= nil then
  levels = { given("level") }
elseif given("symptom") == nil then
  levels = {}
  for _, level in ipairs(obj.spec.levels) do
    table.insert(levels, level.name)
  end
end

obj.spec.run = {
  id = given("id") or ("argocd-" .. os.date("!%Y%m%d-%H%M%S")),
  reason = given("reason") or "A run was asked for in Argo CD.",
  requestedBy = by,
  symptom = given("symptom"),
  levels = levels,
  mode = "Execute",
  entry = given("entry"),
  state = "Running",
}
return obj
