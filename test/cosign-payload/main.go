// Command cosign-payload answers what cosign gives its policy languages of a statement.
//
// JSON lines in, {"type": as given to --type, "statement": the signed bytes in base64}; JSON lines out, in the same
// order: {"kind": "document", "text"}, {"kind": "other-type", "predicateType"} or {"kind": "refused", "message"}.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/sigstore/cosign/v3/pkg/policy"
)

type question struct {
	Type      string `json:"type"`
	Statement string `json:"statement"`
}

type answer struct {
	Kind          string `json:"kind"`
	Text          string `json:"text,omitempty"`
	PredicateType string `json:"predicateType,omitempty"`
	Message       string `json:"message,omitempty"`
}

// envelope is a verified attestation as far as cosign's conversion looks at it.
type envelope struct{ payload string }

func (e envelope) Payload() ([]byte, error) {
	return json.Marshal(map[string]string{"payload": e.payload})
}

func ask(q question) (reply answer) {
	defer func() {
		if r := recover(); r != nil {
			reply = answer{Kind: "refused", Message: fmt.Sprint("panic: ", r)}
		}
	}()
	text, found, err := policy.AttestationToPayloadJSON(context.Background(), q.Type, envelope{q.Statement})
	switch {
	case err != nil:
		return answer{Kind: "refused", Message: err.Error()}
	case len(text) == 0:
		return answer{Kind: "other-type", PredicateType: found}
	default:
		return answer{Kind: "document", Text: string(text)}
	}
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 64<<20)
	out := json.NewEncoder(os.Stdout)
	for input.Scan() {
		var q question
		if err := json.Unmarshal(input.Bytes(), &q); err != nil {
			fmt.Fprintln(os.Stderr, "cosign-payload:", err)
			os.Exit(1)
		}
		if err := out.Encode(ask(q)); err != nil {
			os.Exit(1)
		}
	}
}
