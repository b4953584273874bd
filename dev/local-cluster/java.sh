# How the operator is started by its Java, in its image and by dev/operator.
# shellcheck shell=bash

# Everything in one class path, in an order that stays: an archive of classes holds for that one only.
java_arguments() { # FOLDER
  (
    cd "$1"
    echo "--add-opens=java.base/java.lang=ALL-UNNAMED"
    echo "-cp $(printf '%s\n' quarkus/transformed-bytecode.jar quarkus/generated-bytecode.jar app/*.jar lib/boot/*.jar lib/main/*.jar | paste -s -d :)"
    echo io.quarkus.runner.GeneratedMain
  )
}
