package main

import (
	"fmt"
	"path/filepath"

	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/load"
	cuejson "cuelang.org/go/encoding/json"
)

type detail struct {
	Path      []string `json:"path"`
	Message   string   `json:"message"`
	Positions []string `json:"positions"`
}

// explain goes cosign's steps one by one, to say in which of them the verdict falls and what is found there.
func explain(reply *answer, document []byte, files []string) {
	defer func() {
		if r := recover(); r != nil {
			reply.Value = fmt.Sprint("panic: ", r)
		}
	}()
	ctx := cuecontext.New()
	for _, instance := range load.Instances(files, nil) {
		if instance.Err != nil {
			reply.Phase, reply.Details = "load", details(instance.Err)
			return
		}
		value := ctx.BuildInstance(instance)
		if value.Err() != nil {
			reply.Phase, reply.Details = "build", details(value.Err())
			return
		}
		err := cuejson.Validate(document, value)
		if data := ctx.CompileBytes(document); data.Err() == nil {
			reply.Value = fmt.Sprintf("%+v", value.Unify(data))
		} else {
			reply.Value = fmt.Sprintf("%+v", value)
		}
		if err != nil {
			reply.Phase, reply.Details = "validate", details(err)
			return
		}
	}
}

func details(err error) []detail {
	found := []detail{}
	for _, e := range errors.Errors(err) {
		positions := []string{}
		for _, p := range errors.Positions(e) {
			positions = append(positions, fmt.Sprintf("%s:%d:%d", filepath.Base(p.Filename()), p.Line(), p.Column()))
		}
		found = append(found, detail{e.Path(), e.Error(), positions})
	}
	return found
}
