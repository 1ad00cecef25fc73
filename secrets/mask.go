package secrets

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// mask returns text[from:to] without what spans, sorted by start, hide.
func mask(text []byte, from, to int, spans []span) []byte {
	var out []byte
	at := from
	for _, s := range spans {
		if s.end <= at || s.start >= to {
			continue
		}
		if s.start >= at || at == from { // else it goes on where the last one ended
			out = append(out, text[at:max(at, s.start)]...)
			out = append(out, masked...)
		}
		at = s.end
	}
	if at < to {
		out = append(out, text[at:to]...)
	}
	return out
}

// A snippet shows at most this much of a line before a secret, and of both in all.
const (
	snippetBefore = 160
	snippetLength = 400
)

// snippet returns the line that a hit starts on, masked. A secret of several
// lines ends it.
func (w *window) snippet(h hit) string {
	start := h.start
	if h.start <= w.to { // else other secrets may lie before it that are not known yet
		start = max(w.shown, h.start-snippetBefore)
		if i := bytes.LastIndexByte(w.text[start:h.start], '\n'); i >= 0 {
			start += i + 1
		}
		for start < h.start && !utf8.RuneStart(w.text[start]) {
			start++
		}
	}
	end := h.end
	if bytes.IndexByte(w.text[h.start:h.end], '\n') < 0 {
		end = max(h.end, min(w.to, start+snippetLength))
		if i := bytes.IndexByte(w.text[h.end:end], '\n'); i >= 0 {
			end = h.end + i
		}
		for end > h.end && end < len(w.text) && !utf8.RuneStart(w.text[end]) {
			end--
		}
	}
	return tidy(mask(w.text, start, end, w.hits.hide), w.hits)
}

// tidy makes masked text fit for a report. A secret that stands once more in it, where
// no detector saw it, is masked too.
func tidy(line []byte, hs hits) string {
	s := string(line)
	for _, h := range hs.all {
		if len(h.value) >= 4 {
			s = strings.ReplaceAll(s, h.value, masked)
		}
	}
	return strings.TrimRight(strings.ToValidUTF8(s, "\uFFFD"), "\r")
}

// redact returns text with all spans masked.
func redact(text []byte, spans []span) []byte {
	slices.SortFunc(spans, func(a, b span) int { return a.start - b.start })
	return mask(text, 0, len(text), spans)
}
