package engine

import (
	"encoding/binary"
	"slices"
)

// One byte a slot is quicker to test than one bit, and a table of 64 kB still
// stays near. The buckets, which few positions reach, are fewer.
const (
	hashBits   = 16
	bucketBits = 12
)

// An index finds the rules for four bytes of text.
type index struct {
	slots   [1 << hashBits]uint8     // one: an entry has this hash
	starts  [1<<bucketBits + 1]int32 // of the entries of each bucket
	entries []entry
}

type entry struct {
	value uint32 // four folded bytes, little-endian
	rule  int32
}

const foldMask = 0x20202020

// hash spreads four folded bytes (Knuth, The Art of Computer Programming 6.4).
func hash(folded uint32) uint32 { return folded * 0x9E3779B1 >> (32 - hashBits) }

func (x *index) add(p prefix, rule int32) {
	if p.len == prefixLen {
		x.entries = append(x.entries, entry{p.bytes, rule})
		return
	}
	for c := range 256 { // any byte may follow
		if b := byte(c); fold(b) == b {
			x.add(prefix{bytes: p.bytes | uint32(b)<<(8*p.len), len: p.len + 1}, rule)
		}
	}
}

// finish builds the tables from the entries.
func (x *index) finish() {
	bucket := func(e entry) uint32 { return hash(e.value) >> (hashBits - bucketBits) }
	slices.SortFunc(x.entries, func(a, b entry) int {
		if c := int(bucket(a)) - int(bucket(b)); c != 0 {
			return c
		}
		return int(a.rule) - int(b.rule)
	})
	for _, e := range x.entries {
		x.slots[hash(e.value)] = 1
		x.starts[bucket(e)+1]++
	}
	for i := range x.starts[1:] {
		x.starts[i+1] += x.starts[i]
	}
}

// each calls hit with every position in text[from:to] at which four bytes (less
// at the very end, where zero bytes are made up) and an entry agree.
func (x *index) each(text []byte, from, to int, hit func(at int, rule int)) {
	slots := &x.slots
	i := from
	// Eight bytes hold four times four; the loop has one branch for all of them,
	// and nothing in it but what that branch needs.
	for rest := text[i:max(i, min(to+prefixLen, len(text)))]; len(rest) >= 8; rest = rest[4:] {
		w := binary.LittleEndian.Uint64(rest) | foldMask<<32 | foldMask
		if slots[hash(uint32(w))]|slots[hash(uint32(w>>8))]|slots[hash(uint32(w>>16))]|slots[hash(uint32(w>>24))] != 0 {
			for n := range 4 {
				x.test(i+n, uint32(w>>(8*n)), hit)
			}
		}
		i += 4
	}
	for ; i < to; i++ {
		var four [prefixLen]byte
		copy(four[:], text[i:])
		x.test(i, binary.LittleEndian.Uint32(four[:])|foldMask, hit)
	}
}

// test calls hit for each entry that is equal to the bytes at a position.
func (x *index) test(at int, folded uint32, hit func(at int, rule int)) {
	h := hash(folded)
	if x.slots[h] == 0 {
		return
	}
	b := h >> (hashBits - bucketBits)
	for _, e := range x.entries[x.starts[b]:x.starts[b+1]] {
		if e.value == folded {
			hit(at, int(e.rule))
		}
	}
}
