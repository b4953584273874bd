-- Suspended: the sync is kept off. Degraded: it stands still, or its queue does not get emptier.
local status = obj.status or {}

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

return first("Degraded", { "Stalled", "Contested", "HoldOrphaned" })
  or first("Progressing", { "Reconciling" })
  or first("Suspended", { "Disabled" })
  or first("Degraded", { "not QueueHealthy" })
  or first("Healthy", { "not Disabled" })
  or { status = "Progressing", message = "The operator has not said yet where it stands." }
