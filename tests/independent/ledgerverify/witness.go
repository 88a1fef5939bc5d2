package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// witness verifies cosignature/v1 of C2SP tlog-cosignature; note.Open finds and asks it.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }

func (w *witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	seconds := binary.BigEndian.Uint64(signature)
	signed := fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", seconds, text)
	return ed25519.Verify(w.key, signed, signature[8:])
}

func parseWitness(line string) (*witness, error) {
	parts := strings.SplitN(line, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("not a verifier key")
	}
	hash, err := strconv.ParseUint(parts[1], 16, 32)
	if err != nil {
		return nil, err
	}
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != 4 {
		return nil, errors.New("not a witness's key")
	}
	return &witness{parts[0], uint32(hash), raw[1:]}, nil
}

// readWitnesses takes those of witness.vkey, if it is there.
func (v *verifier) readWitnesses() {
	data, err := os.ReadFile(filepath.Join(v.root, "witness.vkey"))
	if err != nil {
		return
	}
	var known []note.Verifier
	for _, line := range strings.Fields(string(data)) {
		found, err := parseWitness(line)
		if err != nil {
			v.note("witness-malformed", "witness.vkey")
			continue
		}
		known = append(known, found)
	}
	v.witnesses = note.VerifierList(known...)
}

// seen takes down which witnesses signed a month's checkpoint.
func (v *verifier) seen(month, file string, data []byte) {
	if v.witnesses == nil {
		return
	}
	opened, err := note.Open(data, v.witnesses)
	var invalid *note.InvalidSignatureError
	if errors.As(err, &invalid) {
		v.note("cosignature", file)
	}
	if err == nil {
		for _, signature := range opened.Sigs {
			v.out.Witnesses = append(v.out.Witnesses, month+" "+signature.Name)
		}
	}
}
