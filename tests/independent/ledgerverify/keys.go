package main

import (
	"crypto/sha256"
	"encoding/hex"

	"golang.org/x/mod/sumdb/note"
)

// named is a record that names a new key of the ledger, by the digest of its line in log.vkey.
type named struct {
	month, digest string
	index         int64
}

// rank gives the newest key, by its line in log.vkey, that signed a checkpoint; -1 for none.
func (v *verifier) rank(signed *checkpoint) int {
	for rank := len(v.listed) - 1; rank >= 0; rank-- {
		if v.bears(signed, rank) {
			return rank
		}
	}
	return -1
}

// bears says whether a checkpoint has a signature of the key of a line of log.vkey.
func (v *verifier) bears(signed *checkpoint, rank int) bool {
	for _, signature := range signed.sigs {
		key := v.listed[rank]
		if signature.Name == key.Name() && signature.Hash == key.KeyHash() {
			return true
		}
	}
	return false
}

// checkKeys holds the lines of log.vkey against the records that name them, and each against its month.
func (v *verifier) checkKeys(lines []string, signed map[string]*checkpoint) {
	var last []named
	for _, each := range v.named {
		if len(last) > 0 && last[len(last)-1].digest == each.digest {
			last = last[:len(last)-1]
		}
		last = append(last, each)
	}
	if len(last) != len(lines)-1 {
		v.note("key-unrecorded", "log.vkey")
		return
	}
	for at, each := range last {
		digest := sha256.Sum256([]byte(lines[at+1]))
		if each.digest != hex.EncodeToString(digest[:]) {
			v.note("key-unrecorded", "log.vkey")
			return
		}
		v.checkHandOver(each, at+1, signed[each.month])
	}
	final := ""
	for month := range signed {
		final = max(final, month)
	}
	if final != "" && v.rank(signed[final]) != len(lines)-1 {
		v.note("key-retired", "ledger/"+final+"/checkpoint")
	}
}

// checkHandOver asks for the new key's signature on the tree that names it, and on the first the old one's.
func (v *verifier) checkHandOver(each named, rank int, signed *checkpoint) {
	if signed == nil {
		return
	}
	file := "ledger/" + each.month + "/checkpoint"
	if v.rank(signed) < rank {
		v.note("key-retired", file)
	}
	if each.index == signed.size-1 && !v.bears(signed, rank-1) {
		v.note("hand-over", file)
	}
}

// readListed keeps the keys of log.vkey in their order.
func (v *verifier) readListed(lines []string) {
	for _, line := range lines {
		if key, err := note.NewVerifier(line); err == nil {
			v.listed = append(v.listed, key)
		}
	}
}
