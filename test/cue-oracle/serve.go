package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"time"
)

// errLate says that a case took longer than its limit.
var errLate = errors.New("no answer within the limit")

// worker is a process that answers one line after the other.
type worker struct {
	root    string
	process *exec.Cmd
	in      io.WriteCloser
	out     chan []byte
}

// scratch makes a directory in memory where the machine has such a file system.
func scratch() (string, error) {
	if root, err := os.MkdirTemp("/dev/shm", "cue-oracle-"); err == nil {
		return root, nil
	}
	return os.MkdirTemp("", "cue-oracle-")
}

func startWorker(explained bool) (*worker, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	root, err := scratch()
	if err != nil {
		return nil, err
	}
	process := exec.Command(program, "--worker", root, "--explain="+strconv.FormatBool(explained))
	process.Env = append(os.Environ(), "GOMAXPROCS=2", "GOMEMLIMIT=2GiB")
	in, err := process.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		return nil, err
	}
	out := make(chan []byte)
	go func() {
		defer close(out)
		answers := lines(stdout)
		for answers.Scan() {
			out <- append([]byte(nil), answers.Bytes()...)
		}
	}()
	return &worker{root, process, in, out}, nil
}

func (w *worker) ask(line []byte, limit time.Duration) ([]byte, error) {
	if _, err := w.in.Write(append(append([]byte(nil), line...), '\n')); err != nil {
		return nil, err
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case text, open := <-w.out:
		if !open {
			return nil, errors.New("the worker ended")
		}
		return text, nil
	case <-timer.C:
		return nil, errLate
	}
}

func (w *worker) end(now bool) {
	w.in.Close()
	if now {
		w.process.Process.Kill()
	}
	for range w.out {
	}
	w.process.Wait()
	os.RemoveAll(w.root)
}

type job struct {
	line   []byte
	answer chan []byte
}

// serve shares the lines among workers and writes the answers in the order of the lines.
func serve(workers int, limit time.Duration, explained bool) error {
	jobs, ordered := make(chan job), make(chan job, 64*workers)
	failed := make(chan error, workers+1)
	var running sync.WaitGroup
	for range workers {
		running.Go(func() { failed <- run(jobs, limit, explained) })
	}
	go func() {
		input := lines(os.Stdin)
		for input.Scan() {
			j := job{append([]byte(nil), input.Bytes()...), make(chan []byte, 1)}
			ordered <- j
			jobs <- j
		}
		close(jobs)
		running.Wait()
		failed <- input.Err()
		close(ordered)
	}()
	out := bufio.NewWriter(os.Stdout)
	for j := range ordered {
		select {
		case text := <-j.answer:
			out.Write(append(text, '\n'))
		case err := <-failed:
			if err != nil {
				return err
			}
			out.Write(append(<-j.answer, '\n'))
		}
		if len(ordered) == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

// run answers jobs with one worker at a time, and takes a fresh one after each that hung or ended.
func run(jobs <-chan job, limit time.Duration, explained bool) error {
	var w *worker
	for j := range jobs {
		if w == nil {
			fresh, err := startWorker(explained)
			if err != nil {
				return err
			}
			w = fresh
		}
		text, err := w.ask(j.line, limit)
		if err != nil {
			w.end(true)
			w = nil
			text = unanswered(j.line, err)
		}
		j.answer <- text
	}
	if w != nil {
		w.end(false)
	}
	return nil
}

func unanswered(line []byte, err error) []byte {
	var c testCase
	json.Unmarshal(line, &c)
	verdict := "CRASH"
	if errors.Is(err, errLate) {
		verdict = "TIMEOUT"
	}
	text, _ := json.Marshal(answer{Name: c.Name, Verdict: verdict, Error: err.Error()})
	return text
}
