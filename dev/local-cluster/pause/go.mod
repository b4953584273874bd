module backstep.dev/local-cluster/pause

go 1.24
