// Package engine finds the matches of many regular expressions in one pass
// over a text, exactly those that package regexp finds.
//
// [Compile] derives from each pattern's syntax tree a set of short byte
// strings one of which every match contains at a known, bounded distance from
// its start: for `\bkey-[0-9a-f]{32}` the four bytes "key-", for
// `[0-9]{9}:AA[a-z]+` ":aaa" to ":aaz", at most nine bytes in. Letters are
// folded to one case. Of all the places to cut a pattern the one is taken whose
// strings are rarest in ordinary text, so "-----BEGIN" is not looked for at
// every ruler of dashes.
//
// [Scan.Find] then goes through four stages, each of which sees little of what
// the one before it sees:
//
//  1. The four folded bytes at each position are hashed into a table of
//     64 kB. Nearly all positions end here, in less than a nanosecond each.
//  2. A bucket of the hash table says which patterns have these very bytes.
//  3. A lazily built DFA of the pattern, anchored at each position where a
//     match could start, says whether there is one. It runs over runes and
//     knows all assertions, so its answer is exact.
//  4. Package regexp, on the few bytes the DFA went over, finds the groups.
//
// A pattern without such strings, such as `[a-z]{40}`, has its DFA started at
// every position: right, but slow.
//
// The work is bounded. A match is looked for in the [MaxMatch] bytes after its
// start. Where a hostile text makes the DFA of one pattern go over it again and
// again, package regexp, which is linear, does the rest of this text for it.
//
// The text may hold any bytes. Like package regexp, the engine takes each byte
// that is no UTF-8 for U+FFFD.
package engine
