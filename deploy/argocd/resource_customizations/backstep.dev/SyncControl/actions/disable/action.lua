obj.spec.state = "Disabled"
return obj
