package version

import (
	"cmp"
	"strings"
)

// An apk is a version of Alpine's package manager:
//
//	number{.number}[letter]{_suffix[number]}[~hash][-rN]
//
// Text that does not fit is kept and makes the version come before the same one without it.
type apk struct {
	parts    []apkPart
	rest     bool // something follows that is no part of a version
	revision string
}

type apkPart struct {
	kind apkKind
	text string
	rank int // of a suffix
}

// An apkKind orders what may follow an equal beginning.
type apkKind int

const (
	apkNothing apkKind = iota - 1 // a dot without its number, or an unknown suffix
	apkPre                        // _alpha, _beta, _pre, _rc
	apkEnd
	apkHash
	apkSuffixNumber
	apkPost // _cvs, _svn, _git, _hg, _p
	apkLetter
	apkNumber
	apkFirst // the first number, which may begin with zeros
)

// compareAPK is the order of apk-tools (src/version.c, 3.0), and for what
// that refuses the one that OSV's own matcher has.
func compareAPK(a, b string) (int, error) {
	x, y := parseAPK(a), parseAPK(b)
	end := apkPart{kind: apkEnd}
	for i := range max(len(x.parts), len(y.parts)) {
		p, q := end, end
		if i < len(x.parts) {
			p = x.parts[i]
		}
		if i < len(y.parts) {
			q = y.parts[i]
		}
		if c := p.compare(q); c != 0 {
			return c, nil
		}
	}
	if c := compareBool(!x.rest, !y.rest); c != 0 || x.rest {
		return c, nil
	}
	if c := compareBool(x.revision != "", y.revision != ""); c != 0 {
		return c, nil
	}
	return compareNumbers(x.revision, y.revision), nil
}

func (p apkPart) compare(q apkPart) int {
	if c := cmp.Compare(p.kind, q.kind); c != 0 {
		return c
	}
	switch p.kind {
	case apkFirst, apkSuffixNumber:
		return compareNumbers(p.text, q.text)
	case apkNumber:
		if p.text[0] == '0' || q.text[0] == '0' { // as decimals
			return strings.Compare(p.text, q.text)
		}
		return compareNumbers(p.text, q.text)
	case apkPre, apkPost:
		return cmp.Compare(p.rank, q.rank)
	}
	return strings.Compare(p.text, q.text)
}

func parseAPK(s string) (v apk) {
	add := func(kind apkKind, n int) {
		v.parts = append(v.parts, apkPart{kind: kind, text: s[:n]})
		s = s[n:]
	}
	if n := digits(s); n > 0 {
		add(apkFirst, n)
	} else {
		add(apkNothing, 0)
	}
	for s != "" {
		last := v.parts[len(v.parts)-1].kind
		n := digits(s)
		switch {
		case s[0] == '.':
			s = s[1:]
			if n := digits(s); n > 0 {
				add(apkNumber, n)
			} else {
				add(apkNothing, 0)
			}
			continue
		case 'a' <= s[0] && s[0] <= 'z' && last != apkLetter:
			add(apkLetter, 1)
			continue
		case n > 0 && last == apkLetter:
			add(apkNumber, n)
			continue
		}
		break
	}
	for strings.HasPrefix(s, "_") {
		kind, rank, name := apkSuffix(s[1:])
		if name == "" {
			v.parts = append(v.parts, apkPart{kind: apkNothing})
			break
		}
		v.parts = append(v.parts, apkPart{kind: kind, rank: rank})
		s = s[1+len(name):]
		if n := digits(s); n > 0 {
			add(apkSuffixNumber, n)
		}
	}
	if strings.HasPrefix(s, "~") {
		n := 1
		for n < len(s) && (isDigit(s[n]) || 'a' <= s[n] && s[n] <= 'f') {
			n++
		}
		add(apkHash, n)
	}
	if r, ok := strings.CutPrefix(s, "-r"); ok {
		n := digits(r)
		v.revision, s = "0"+r[:n], r[n:]
	}
	v.rest = s != ""
	return v
}

// apkSuffix returns the suffix that s begins with, its kind and its rank in it.
func apkSuffix(s string) (kind apkKind, rank int, name string) {
	for i, name := range [...]string{"alpha", "beta", "pre", "rc"} {
		if strings.HasPrefix(s, name) {
			return apkPre, i, name
		}
	}
	for i, name := range [...]string{"cvs", "svn", "git", "hg", "p"} {
		if strings.HasPrefix(s, name) {
			return apkPost, i, name
		}
	}
	return 0, 0, ""
}
