// Runs a Lua script by Argo CD itself. Reads and writes what dev/lua does, which runs them without Argo CD.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/argoproj/argo-cd/v3/pkg/apiclient/application"
	"github.com/argoproj/argo-cd/v3/util/lua"
)

type input struct {
	Kind       string            `json:"kind"`
	Script     string            `json:"script"`
	Object     map[string]any    `json:"object"`
	Parameters map[string]string `json:"parameters"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var in input
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		return fmt.Errorf("stdin is not what is expected: %w", err)
	}
	result, err := execute(in)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

func execute(in input) (any, error) {
	object := &unstructured.Unstructured{Object: in.Object}
	switch in.Kind {
	case "health.lua":
		return lua.VM{}.ExecuteHealthLua(object, in.Script)
	case "discovery.lua":
		actions, err := lua.VM{}.ExecuteResourceActionDiscovery(object, []string{in.Script})
		byName := map[string]any{}
		for _, action := range actions {
			byName[action.Name] = action
		}
		return byName, err
	default:
		return act(object, in)
	}
}

func act(object *unstructured.Unstructured, in input) (any, error) {
	var parameters []*application.ResourceActionParameters
	for name, value := range in.Parameters {
		parameters = append(parameters, &application.ResourceActionParameters{Name: &name, Value: &value})
	}
	changed, err := lua.VM{}.ExecuteResourceAction(object, in.Script, parameters)
	if err != nil {
		return nil, err
	}
	if len(changed) != 1 || changed[0].K8SOperation != lua.PatchOperation {
		return nil, errors.New("the action does not change exactly its own object")
	}
	return changed[0].UnstructuredObj.Object, nil
}
