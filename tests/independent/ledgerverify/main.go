// Command ledgerverify verifies an exported ledger of Juki Hub with none of its code: signatures by
// golang.org/x/mod/sumdb/note, trees by golang.org/x/mod/sumdb/tlog. It holds a month's hashes in
// memory: it is there to agree or disagree in tests, not to be fast.
//
// Usage: ledgerverify DIR [VKEY]. It prints {"records", "months", "verified", "problems"} and exits
// with 1 where it found a problem, 2 where it was called wrongly.
package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	width      = 256
	tileHeight = 8
)

var isMonth = regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])$`)

// problem is one finding: its name, as hub ledger verify names it, and the file.
type problem struct {
	Code  string `json:"code"`
	File  string `json:"file"`
	Index *int64 `json:"index"`
}

type report struct {
	Records  int64     `json:"records"`
	Months   []string  `json:"months"`
	Verified bool      `json:"verified"`
	Problems []problem `json:"problems"`
	// Witnesses has a month and a name for each known witness of its checkpoint.
	Witnesses []string `json:"witnesses,omitempty"`
}

// checkpoint is the text of a C2SP tlog-checkpoint with the note that bears it.
type checkpoint struct {
	origin string
	size   int64
	root   tlog.Hash
	text   string
	sigs   []note.Signature
}

// drop is what two records of a later month say of a month that is gone.
type drop struct {
	standsIn, month, root, operator, code, id, at string
	count                                         int64
}

type verifier struct {
	root      string
	keys      note.Verifiers
	witnesses note.Verifiers
	names     map[string]bool
	out       report
	drops     []drop
	// Of log.vkey, the oldest first; empty where a key was given: the rules of succession are held then
	// by whoever gave it.
	lines  []string
	listed []note.Verifier
	named  []named
}

func main() {
	if len(os.Args) < 2 || len(os.Args) > 3 {
		fmt.Fprintln(os.Stderr, "usage: ledgerverify DIR [VKEY]")
		os.Exit(2)
	}
	v := &verifier{root: os.Args[1], out: report{Months: []string{}, Problems: []problem{}}}
	v.readKeys(os.Args[2:])
	v.readWitnesses()
	v.run()
	v.out.Verified = len(v.out.Problems) == 0
	if err := json.NewEncoder(os.Stdout).Encode(v.out); err != nil {
		os.Exit(2)
	}
	if !v.out.Verified {
		os.Exit(1)
	}
}

func (v *verifier) note(code, file string, index ...int64) {
	found := problem{Code: code, File: file}
	if len(index) > 0 {
		found.Index = &index[0]
	}
	v.out.Problems = append(v.out.Problems, found)
}

// readKeys trusts the key given, or else every key of log.vkey.
func (v *verifier) readKeys(given []string) {
	v.names = map[string]bool{}
	data, err := os.ReadFile(filepath.Join(v.root, "log.vkey"))
	if err != nil {
		v.note("key-missing", "log.vkey")
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if len(given) > 0 {
		if !strings.Contains(string(data), given[0]+"\n") {
			v.note("key-differs", "log.vkey")
		}
		lines = given
	}
	if len(given) == 0 {
		v.lines = lines
		v.readListed(lines)
	}
	var keys []note.Verifier
	for _, line := range lines {
		key, err := note.NewVerifier(line)
		if err != nil {
			v.note("key-malformed", "log.vkey")
			continue
		}
		v.names[key.Name()] = true
		keys = append(keys, key)
	}
	v.keys = note.VerifierList(keys...)
}

func (v *verifier) run() {
	entries, err := os.ReadDir(filepath.Join(v.root, "ledger"))
	if err != nil {
		v.note("unreadable", "ledger")
		return
	}
	for _, entry := range entries {
		if isMonth.MatchString(entry.Name()) {
			v.out.Months = append(v.out.Months, entry.Name())
		}
	}
	sort.Strings(v.out.Months)
	gone, all := map[string]*checkpoint{}, map[string]*checkpoint{}
	var before *checkpoint
	for at, month := range v.out.Months {
		signed := v.readCheckpoint(month)
		if signed != nil {
			all[month] = signed
			first, dropped := v.month(month, signed)
			if dropped {
				gone[month] = signed
			}
			v.chain(month, first, before, signed, at == 0)
		}
		before = signed
	}
	if len(v.lines) > 0 && len(v.lines) == len(v.listed) {
		v.checkKeys(v.lines, all)
	}
	for month, signed := range gone {
		v.checkDrop(month, signed)
	}
}

// readCheckpoint opens the month's signed note and reads its text.
func (v *verifier) readCheckpoint(month string) *checkpoint {
	file := "ledger/" + month + "/checkpoint"
	data, err := os.ReadFile(filepath.Join(v.root, file))
	if err != nil {
		v.note("checkpoint-missing", file)
		return nil
	}
	opened, err := note.Open(data, v.keys)
	if err != nil {
		var unverified *note.UnverifiedNoteError
		var invalid *note.InvalidSignatureError
		if errors.As(err, &unverified) || errors.As(err, &invalid) {
			v.note("signature", file)
		} else {
			v.note("checkpoint-malformed", file)
		}
		return nil
	}
	signed, err := parseCheckpoint(opened.Text)
	if err != nil {
		v.note("checkpoint-malformed", file)
		return nil
	}
	if signed.origin != opened.Sigs[0].Name+"/"+month {
		v.note("origin", file)
		return nil
	}
	signed.sigs = opened.Sigs
	v.seen(month, file, data)
	return signed
}

func parseCheckpoint(text string) (*checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 {
		return nil, errors.New("too few lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 1 || strconv.FormatInt(size, 10) != lines[1] {
		return nil, errors.New("the size is malformed")
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return nil, err
	}
	return &checkpoint{lines[0], size, root, text, nil}, nil
}

// month verifies every file of a month's tree against its records, and gives leaf 0.
func (v *verifier) month(month string, signed *checkpoint) (first []byte, dropped bool) {
	folder := "ledger/" + month
	if data, err := os.ReadFile(filepath.Join(v.root, folder, "dropped")); err == nil {
		return v.leavesOfDropped(month, data, signed), true
	}
	var stored []tlog.Hash
	for number := int64(0); number*width < signed.size; number++ {
		lines := v.readBundle(folder, number, min(width, signed.size-number*width))
		if lines == nil {
			return first, false
		}
		for place, line := range lines {
			index := number*width + int64(place)
			if index == 0 {
				first = line
			} else {
				v.record(month, folder, number, index, line, signed.size)
			}
			hashes, err := tlog.StoredHashes(index, line, reader(stored))
			if err != nil {
				v.note("root-differs", folder+"/checkpoint")
				return first, false
			}
			stored = append(stored, hashes...)
		}
	}
	root, err := tlog.TreeHash(signed.size, reader(stored))
	if err != nil || root != signed.root {
		v.blame(folder, signed, stored)
		v.note("root-differs", folder+"/checkpoint")
		return first, false
	}
	v.compareTiles(folder, signed.size, stored)
	v.proveSome(folder, signed, stored)
	return first, false
}

// blame names the records that differ from the tiles of level 0, where those still give the root.
func (v *verifier) blame(folder string, signed *checkpoint, stored []tlog.Hash) {
	for number := int64(0); number*width < signed.size; number++ {
		count := min(width, signed.size-number*width)
		data, err := os.ReadFile(filepath.Join(v.root, folder, tilePath("0", number, count)))
		if err != nil {
			continue
		}
		for place := int64(0); place < count && (place+1)*tlog.HashSize <= int64(len(data)); place++ {
			index := number*width + place
			mine := stored[tlog.StoredHashIndex(0, index)]
			if !bytes.Equal(mine[:], data[place*tlog.HashSize:(place+1)*tlog.HashSize]) {
				v.note("entry-differs", folder+"/"+tilePath("entries", number, count), index)
			}
		}
	}
}

func reader(stored []tlog.Hash) tlog.HashReaderFunc {
	return func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for at, index := range indexes {
			if index >= int64(len(stored)) {
				return nil, errors.New("no such hash")
			}
			found[at] = stored[index]
		}
		return found, nil
	}
}

// compareTiles makes every tile anew from the records and compares it with its file.
func (v *verifier) compareTiles(folder string, size int64, stored []tlog.Hash) {
	for level, count := 0, size; count > 0; level, count = level+1, count>>tileHeight {
		for number := int64(0); number*width < count; number++ {
			held := min(width, count-number*width)
			path := tilePath(strconv.Itoa(level), number, held)
			tile := tlog.Tile{H: tileHeight, L: level, N: number, W: int(held)}
			wanted, err := tlog.ReadTileData(tile, reader(stored))
			found, missing := os.ReadFile(filepath.Join(v.root, folder, path))
			switch {
			case missing != nil:
				v.note("tile-missing", folder+"/"+path)
			case err != nil || !bytes.Equal(wanted, found):
				v.note("tile-differs", folder+"/"+path)
			}
		}
	}
}

// proveSome asks the tiles for proofs and has them checked, as a client would.
func (v *verifier) proveSome(folder string, signed *checkpoint, stored []tlog.Hash) {
	for _, index := range []int64{0, signed.size / 2, signed.size - 1} {
		proof, err := tlog.ProveRecord(signed.size, index, reader(stored))
		leaf := stored[tlog.StoredHashIndex(0, index)]
		if err != nil || tlog.CheckRecord(proof, signed.size, signed.root, index, leaf) != nil {
			v.note("proof", folder+"/checkpoint", index)
		}
	}
	for _, older := range []int64{1, signed.size / 2} {
		if older < 1 {
			continue
		}
		root, err := tlog.TreeHash(older, reader(stored))
		proof, failed := tlog.ProveTree(signed.size, older, reader(stored))
		if err != nil || failed != nil ||
			tlog.CheckTree(proof, signed.size, signed.root, older, root) != nil {
			v.note("proof", folder+"/checkpoint", older)
		}
	}
}

func (v *verifier) readBundle(folder string, number, count int64) [][]byte {
	path := tilePath("entries", number, count)
	data, err := os.ReadFile(filepath.Join(v.root, folder, path))
	if err != nil {
		v.note("entries-missing", folder+"/"+path)
		return nil
	}
	var lines [][]byte
	for len(data) >= 2 {
		end := 2 + int(data[0])<<8 + int(data[1])
		if end > len(data) {
			break
		}
		lines = append(lines, data[2:end])
		data = data[end:]
	}
	if len(data) > 0 || int64(len(lines)) != count {
		v.note("entries-malformed", folder+"/"+path)
		return nil
	}
	return lines
}

// record reads one record as JSON, counts it, and keeps it where it speaks of a drop.
func (v *verifier) record(month, folder string, number, index int64, line []byte, size int64) {
	var fields struct {
		V                        int
		ID, Kind, Code, From, At string
		Item, Content, Operator  *string
		Count                    *int64
	}
	count := min(width, size-number*width)
	if json.Unmarshal(line, &fields) != nil || fields.V != 1 || fields.Kind == "" || fields.ID == "" {
		v.note("entry-malformed", folder+"/"+tilePath("entries", number, count), index)
		return
	}
	v.out.Records++
	if fields.Kind == "key-rotation" && fields.Code == "ledger-key" && fields.Content != nil {
		v.named = append(v.named, named{month, *fields.Content, index})
	}
	if fields.Kind == "drop" && fields.Item != nil && fields.Content != nil &&
		fields.Operator != nil && fields.Count != nil {
		v.drops = append(v.drops, drop{month, *fields.Item, *fields.Content, *fields.Operator,
			fields.Code, fields.ID, fields.At, *fields.Count})
	}
}

// leavesOfDropped checks what is left of a dropped month by inclusion proofs.
func (v *verifier) leavesOfDropped(month string, data []byte, signed *checkpoint) []byte {
	file := "ledger/" + month + "/dropped"
	var mark struct {
		Leaves []struct {
			Index int64
			Line  string
			Proof []string
		}
	}
	if json.Unmarshal(data, &mark) != nil || len(mark.Leaves) == 0 {
		v.note("drop-malformed", file)
		return nil
	}
	records := v.out.Records
	for _, leaf := range mark.Leaves {
		var proof tlog.RecordProof
		for _, text := range leaf.Proof {
			hash, err := tlog.ParseHash(text)
			if err != nil {
				v.note("drop-malformed", file)
				return nil
			}
			proof = append(proof, hash)
		}
		hash := tlog.RecordHash([]byte(leaf.Line))
		if tlog.CheckRecord(proof, signed.size, signed.root, leaf.Index, hash) != nil {
			v.note("drop-malformed", file)
			return nil
		}
		if leaf.Index > 0 {
			v.record(month, "ledger/"+month, leaf.Index/width, leaf.Index, []byte(leaf.Line), signed.size)
		}
	}
	v.out.Records = records
	if mark.Leaves[0].Index != 0 {
		return nil
	}
	return []byte(mark.Leaves[0].Line)
}

// chain holds leaf 0 against the checkpoint of the month before, or the genesis line.
func (v *verifier) chain(month string, first []byte, before, signed *checkpoint, isFirst bool) {
	if first == nil {
		return
	}
	file := "ledger/" + month + "/" + tilePath("entries", 0, min(width, signed.size))
	if isFirst {
		if string(first) != "genesis "+signed.origin+"\n" {
			v.note("chain-broken", file, 0)
		}
		return
	}
	if before == nil {
		return
	}
	opened, err := note.Open(first, v.keys)
	if err != nil || opened.Text != before.text {
		v.note("chain-broken", file, 0)
	}
}

// checkDrop asks for two records of one later month, by two operators, after seven years.
func (v *verifier) checkDrop(month string, signed *checkpoint) {
	root := hex.EncodeToString(signed.root[:])
	early := false
	for _, done := range v.drops {
		for _, approved := range v.drops {
			fits := done.month == month && done.root == root && done.count == signed.size-1 &&
				done.code == "dropped" && done.standsIn > month &&
				approved.code == "approved" && approved.id == done.id &&
				approved.standsIn == done.standsIn && approved.month == done.month &&
				approved.root == done.root && approved.operator != done.operator
			if fits && done.at >= freeFrom(month) {
				return
			}
			early = early || fits
		}
	}
	if early {
		v.note("drop-early", "ledger/"+month+"/dropped")
	} else {
		v.note("drop-unrecorded", "ledger/"+month+"/dropped")
	}
}

// freeFrom gives the first day of the month after, seven years on.
func freeFrom(month string) string {
	year, _ := strconv.Atoi(month[:4])
	number, _ := strconv.Atoi(month[5:])
	return fmt.Sprintf("%04d-%02d-01", year+7+number/12, number%12+1)
}

// tilePath spells a tile's path as C2SP tlog-tiles does.
func tilePath(level string, number, count int64) string {
	path := fmt.Sprintf("%03d", number%1000)
	for number /= 1000; number > 0; number /= 1000 {
		path = fmt.Sprintf("x%03d/%s", number%1000, path)
	}
	if count < width {
		path = fmt.Sprintf("%s.p/%d", path, count)
	}
	return "tile/" + level + "/" + path
}
