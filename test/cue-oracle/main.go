// Command cue-oracle answers what cosign's own evaluation of CUE policies says about a document.
//
// JSON lines in, {"name", "policies": [text, ...], "document": text}; JSON lines out, in the same order,
// {"name", "verdict": "PASS" | "FAIL" | "TIMEOUT" | "CRASH", "error"}. Cases run in worker processes, so that one
// which neither ends nor stays within memory is ended with its worker and answered as such.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	cosigncue "github.com/sigstore/cosign/v3/pkg/cosign/cue"
)

type testCase struct {
	Name     string   `json:"name"`
	Policies []string `json:"policies"`
	Document string   `json:"document"`
}

type answer struct {
	Name    string   `json:"name"`
	Verdict string   `json:"verdict"`
	Error   string   `json:"error,omitempty"`
	Phase   string   `json:"phase,omitempty"`
	Details []detail `json:"details,omitempty"`
	Value   string   `json:"value,omitempty"`
}

const longestLine = 256 << 20

func main() {
	folder := flag.String("worker", "", "answer in this process, without a time limit, with policies written to this folder")
	explained := flag.Bool("explain", false, "add the phase, every error with path and positions, and the unified value")
	version := flag.Bool("version", false, "print the versions of cosign and CUE and end")
	workers := flag.Int("workers", 2, "how many processes answer at the same time")
	limit := flag.Duration("limit", 5*time.Second, "time for one case")
	flag.Parse()
	var err error
	switch {
	case *version:
		printVersions()
	case *folder != "":
		err = work(*folder, *explained)
	default:
		err = serve(*workers, *limit, *explained)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cue-oracle:", err)
		os.Exit(1)
	}
}

func printVersions() {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return
	}
	for _, module := range info.Deps {
		if module.Path == "cuelang.org/go" || module.Path == "github.com/sigstore/cosign/v3" {
			fmt.Println(module.Path, module.Version)
		}
	}
}

func lines(r io.Reader) *bufio.Scanner {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(make([]byte, 0, 1<<20), longestLine)
	return scanner
}

// work answers line by line. Loading depends on the current directory: it is empty and without a module.
func work(root string, explained bool) error {
	debug.SetGCPercent(400)
	debug.SetMaxStack(256 << 20)
	defer os.RemoveAll(root)
	if err := os.Chdir(root); err != nil {
		return err
	}
	input, out := lines(os.Stdin), bufio.NewWriter(os.Stdout)
	for input.Scan() {
		var c testCase
		reply := answer{Verdict: "CRASH", Error: "no case"}
		if err := json.Unmarshal(input.Bytes(), &c); err == nil {
			reply = ask(c, root, explained)
		}
		text, err := json.Marshal(reply)
		if err != nil {
			return err
		}
		out.Write(append(text, '\n'))
		if err := out.Flush(); err != nil {
			return err
		}
	}
	return input.Err()
}

func ask(c testCase, root string, explained bool) (reply answer) {
	reply.Name = c.Name
	defer func() {
		if r := recover(); r != nil {
			reply.Verdict, reply.Error = "CRASH", fmt.Sprint(r)
		}
	}()
	files := make([]string, len(c.Policies))
	for i, text := range c.Policies {
		files[i] = fmt.Sprintf("%s/policy%d.cue", root, i)
		if err := os.WriteFile(files[i], []byte(text), 0o600); err != nil {
			return answer{c.Name, "CRASH", err.Error(), "", nil, ""}
		}
		defer os.Remove(files[i])
	}
	if err := cosigncue.ValidateJSON([]byte(c.Document), files); err != nil {
		reply.Verdict, reply.Error = "FAIL", err.Error()
	} else {
		reply.Verdict = "PASS"
	}
	if explained {
		explain(&reply, []byte(c.Document), files)
	}
	return reply
}
