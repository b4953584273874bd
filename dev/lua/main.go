// Runs a Lua script as Argo CD does: one object in the global obj, parameters in actionParams, and of Lua's libraries
// only base, package, table, and of os only time and date. Reads JSON from stdin and writes what the script returned.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"
	luajson "layeh.com/gopher-json"
)

type input struct {
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
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	if err := open(state); err != nil {
		return err
	}
	parameters := state.NewTable()
	for name, value := range in.Parameters {
		parameters.RawSetString(name, lua.LString(value))
	}
	state.SetGlobal("actionParams", parameters)
	state.SetGlobal("obj", luajson.DecodeValue(state, any(in.Object)))
	if err := state.DoString(in.Script); err != nil {
		return err
	}
	out, err := luajson.Encode(state.Get(-1))
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(out)
	return err
}

// The package library comes first: the others register with it.
func open(state *lua.LState) error {
	for _, library := range []struct {
		name string
		open lua.LGFunction
	}{
		{lua.LoadLibName, lua.OpenPackage},
		{lua.BaseLibName, lua.OpenBase},
		{lua.TabLibName, lua.OpenTable},
	} {
		opened := lua.P{Fn: state.NewFunction(library.open), Protect: true}
		if err := state.CallByParam(opened, lua.LString(library.name)); err != nil {
			return err
		}
	}
	state.PreloadModule(lua.OsLibName, func(state *lua.LState) int {
		state.Push(state.SetFuncs(state.NewTable(), map[string]lua.LGFunction{"time": now, "date": date}))
		return 1
	})
	return nil
}

func now(state *lua.LState) int {
	state.Push(lua.LNumber(time.Now().Unix()))
	return 1
}

var layouts = strings.NewReplacer("!", "", "%Y", "2006", "%m", "01", "%d", "02", "%H", "15", "%M", "04", "%S", "05")

func date(state *lua.LState) int {
	state.Push(lua.LString(time.Now().UTC().Format(layouts.Replace(state.CheckString(1)))))
	return 1
}
