module backstep.dev/app

go 1.24
