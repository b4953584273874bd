-- Suspended: it waits for somebody. Degraded: it stands still, and somebody has to see to it.
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

local function failed()
  if status.phase == "Failed" then
    return { status = "Degraded", message = "Run " .. status.run.id .. ": " .. status.run.message }
  end
end

local function atRest()
  if spec.suspend then
    return { status = "Suspended", message = "spec.suspend is true: nothing is measured, and no run begins." }
  end
  local message = "No run was asked for."
  if status.run ~= nil then
    message = "Run " .. status.run.id .. ": " .. status.run.message
  end
  if said["not Healthy"] ~= nil then
    message = message .. " " .. said["not Healthy"]
  end
  return { status = "Healthy", message = message }
end

if status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "The operator has not looked yet at what was written last." }
end

return first("Suspended", { "AwaitingAnswer", "AwaitingApproval", "Paused" })
  or first("Degraded", { "HeldUp", "Stalled", "Contested", "HoldOrphaned", "RunRefused" })
  or first("Progressing", { "Reconciling" })
  or failed()
  or first("Suspended", { "RunWaiting", "HoldsActive" })
  or atRest()
