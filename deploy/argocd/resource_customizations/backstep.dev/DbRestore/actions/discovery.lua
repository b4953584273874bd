local state = obj.spec.state
local status = obj.status or {}
local run = status.run or {}
local half = status.phase == "HalfRestored"

local actions = {}
actions["run"] = { displayName = "Begin", disabled = state ~= "Suspended" }
actions["abort"] = {
  displayName = "Abort",
  disabled = (state ~= "Running" and state ~= "Suspended") or (run.endedAt ~= nil and not half),
}
actions["undo"] = {
  displayName = "Put the data from before back",
  disabled = state == "Undone" or (run.keptUntil == nil and not half),
}
return actions
