-- Suspended: it waits for somebody. Degraded: it did not come to a good end, such as HalfRestored.
local status = obj.status or {}
local spec = obj.spec or {}

local said = {}
for _, condition in ipairs(status.conditions or {}) do
  if condition.status == "True" then
    said[condition.type] = condition.message or ""
  elseif condition.status == "False" then
    said["not " .. condition.type] = condition.message or ""
  end
end

local function first(health, types)
  for _, name in ipairs(types) do
    if said[name] ~= nil then
      return { status = health, message = said[name] }
    end
  end
end

if status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "The operator has not looked yet at what was written last." }
end
if status.phase == "Pending" and spec.state == "Suspended" then
  return { status = "Suspended", message = "It was not begun: spec.state is Suspended." }
end

return first("Suspended", { "AwaitingApproval" })
  or first("Degraded", { "Stalled", "not Succeeded" })
  or first("Progressing", { "Reconciling" })
  or first("Healthy", { "Succeeded" })
  or first("Degraded", { "not Ready" })
  or { status = "Progressing", message = "It is about to begin." }
