local disabled = obj.spec.state == "Disabled"

local actions = {}
actions["disable"] = { displayName = "Switch the sync off", disabled = disabled }
actions["enable"] = { displayName = "Want the sync on", disabled = not disabled }
return actions
