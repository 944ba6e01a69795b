// A loop over sigstore-go for bench/verify.ts: how many bundles it parses and verifies in a
// second of processor time.
//
// Arguments: trusted root, identity, issuer, seconds, then pairs of bundle file and SHA-256 of its artifact.
package main

import (
	"encoding/hex"
	"fmt"
	"log"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

func main() {
	runtime.GOMAXPROCS(1)
	trusted, err := root.NewTrustedRootFromPath(os.Args[1])
	check(err)
	identity, err := verify.NewShortCertificateIdentity(os.Args[3], "", os.Args[2], "")
	check(err)
	seconds, err := strconv.ParseFloat(os.Args[4], 64)
	check(err)
	verifier, err := verify.NewVerifier(trusted,
		verify.WithSignedCertificateTimestamps(1), verify.WithTransparencyLog(1), verify.WithIntegratedTimestamps(1))
	check(err)

	var bundles [][]byte
	var policies []verify.PolicyBuilder
	for i := 5; i < len(os.Args); i += 2 {
		bytes, err := os.ReadFile(os.Args[i])
		check(err)
		digest, err := hex.DecodeString(os.Args[i+1])
		check(err)
		bundles = append(bundles, bytes)
		policies = append(policies,
			verify.NewPolicy(verify.WithArtifactDigest("sha256", digest), verify.WithCertificateIdentity(identity)))
	}

	count := 0
	start := time.Now()
	before := processorTime()
	for time.Since(start).Seconds() < seconds {
		var item bundle.Bundle
		check(item.UnmarshalJSON(bundles[count%len(bundles)]))
		_, err := verifier.Verify(&item, policies[count%len(bundles)])
		check(err)
		count++
	}
	fmt.Printf("%.1f\n", float64(count)/(processorTime()-before))
}

// Seconds of processor time that this process has used.
func processorTime() float64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
