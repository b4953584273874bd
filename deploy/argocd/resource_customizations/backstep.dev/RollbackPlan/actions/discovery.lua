local status = obj.status or {}
local run = status.run or {}
local open = run.active == true
local goingBack = run.phase == "Releasing" or run.phase == "Undoing" or run.phase == "Aborting"
local over = { Undone = true, Failed = true, Completed = true }

-- A table cannot be in the answer twice.
local function start()
  return {
    { name = "reason" },
    { name = "symptom" },
    { name = "level" },
    { name = "entry" },
    { name = "id" },
  }
end

local actions = {}
actions["run"] = { displayName = "Run", params = start(), disabled = open }
actions["dry-run"] = { displayName = "Dry run", params = start(), disabled = open }
actions["pause"] = {
  displayName = "Pause",
  disabled = not open or goingBack or run.pausedSince ~= nil,
}
actions["resume"] = { displayName = "Resume", disabled = not open or run.pausedSince == nil }
actions["abort"] = { displayName = "Abort", disabled = not open or run.phase == "Aborting" }
actions["release"] = {
  displayName = "Release what is held",
  disabled = run.id == nil or open or next(status.holds or {}) == nil,
}
actions["undo"] = {
  displayName = "Undo",
  disabled = run.id == nil or run.phase == "Undoing" or over[run.phase] == true,
}
if open and run.question ~= nil then
  actions["answer"] = {
    displayName = "Answer: " .. table.concat(run.question.choices, ", "),
    params = { { name = "choice" } },
  }
end
return actions
