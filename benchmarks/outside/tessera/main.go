// Command tesserabench appends COUNT entries of SIZE bytes to a Tessera log on POSIX files in DIR, and
// prints how many a second were under a published checkpoint at the end. Tessera syncs each batch and
// publishes a checkpoint every 100 ms, the shortest it takes.
package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

const (
	senders = 3000
	batch   = 1000
	age     = 100 * time.Millisecond
)

func main() {
	count, size := number(os.Args[2]), number(os.Args[3])
	ctx := context.Background()
	secret, _, err := note.GenerateKey(rand.Reader, "juki-hub/bench")
	check(err)
	signer, err := note.NewSigner(secret)
	check(err)
	driver, err := posix.New(ctx, posix.Config{Path: os.Args[1]})
	check(err)
	options := tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithBatching(batch, age).
		WithCheckpointInterval(age).
		WithPushback(2 * senders)
	appender, shutdown, _, err := tessera.NewAppender(ctx, driver, options)
	check(err)
	began := time.Now()
	var group sync.WaitGroup
	for sender := range senders {
		group.Go(func() {
			for at := sender; at < count; at += senders {
				entry := make([]byte, size)
				binary.BigEndian.PutUint64(entry, uint64(at))
				_, err := appender.Add(ctx, tessera.NewEntry(entry))()
				check(err)
			}
		})
	}
	group.Wait()
	check(shutdown(ctx)) // returns once a checkpoint covers everything
	fmt.Printf("{\"a_second\": %.0f}\n", float64(count)/time.Since(began).Seconds())
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
