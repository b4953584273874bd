obj.spec.state = "Enabled"
return obj
