-- Somebody's word is what it is; the plan or restore says whether it counts.
local spec = obj.spec
local what = spec.targetRef.kind .. " " .. spec.targetRef.name .. ", run " .. spec.runId
if spec.level ~= nil then
  what = what .. ", level " .. spec.level
end
if spec.item ~= nil then
  what = what .. ", " .. spec.item
end
return { status = "Healthy", message = spec.approver .. " says " .. spec.decision .. ": " .. what }
