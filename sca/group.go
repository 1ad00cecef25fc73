package sca

import (
	"slices"
	"strings"
)

// A hit is an advisory that affects a component, with what it says about it.
type hit struct {
	*Advisory
	affected []*Affected
}

// A group is one flaw: the hits that name each other as aliases.
type group struct {
	hits []hit    // that of the canonical id first
	ids  []string // of the flaw, the canonical one first
}

const maxIDs = 200 // of one flaw; more are a broken record

// groupHits makes one group of the hits that share an id, however long the
// chain or cycle of aliases is, in the order of the canonical ids.
func groupHits(base string, hits []hit) []group {
	parent := make([]int, len(hits))
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	owner := map[string]int{}
	for i, h := range hits {
		for _, id := range h.same() {
			if j, ok := owner[id]; ok {
				parent[find(i)] = find(j)
			} else {
				owner[id] = i
			}
		}
	}
	byRoot := map[int][]hit{}
	var roots []int
	for i, h := range hits {
		r := find(i)
		if byRoot[r] == nil {
			roots = append(roots, r)
		}
		byRoot[r] = append(byRoot[r], h)
	}
	groups := make([]group, 0, len(roots))
	for _, r := range roots {
		groups = append(groups, newGroup(base, byRoot[r]))
	}
	slices.SortFunc(groups, func(a, b group) int { return strings.Compare(a.ids[0], b.ids[0]) })
	return groups
}

// same returns the ids of the one flaw that a is about. An update of a
// distribution that is about a single flaw is that flaw's.
func (a *Advisory) same() []string {
	ids := append([]string{a.ID}, a.Aliases...)
	if len(a.Upstream) == 1 {
		ids = append(ids, a.Upstream[0])
	}
	return ids
}

// all returns the ids that a report about a should be found by.
func (a *Advisory) all(base string) []string {
	ids := append([]string{a.ID}, a.Aliases...)
	ids = append(ids, a.Upstream...)
	if len(a.Upstream) == 0 && familyOf(base) != languages { // until schema 1.7 updates named flaws there
		for _, id := range a.Related {
			if strings.HasPrefix(id, "CVE-") {
				ids = append(ids, id)
			}
		}
	}
	return slices.DeleteFunc(ids, func(id string) bool { return id == "" })
}

func newGroup(base string, hits []hit) group {
	slices.SortFunc(hits, func(a, b hit) int { return compareIDs(base, a.ID, b.ID) })
	var ids []string
	for _, h := range hits {
		ids = append(ids, h.all(base)...)
	}
	ids = sortedSet(ids)
	slices.SortStableFunc(ids, func(a, b string) int { return compareIDs(base, a, b) })
	return group{hits, ids[:min(len(ids), maxIDs)]}
}

// compareIDs puts the canonical id first: malware, the ecosystem's own
// database, GitHub's, CVE, then all others, each by their text.
func compareIDs(base, a, b string) int {
	if c := idRank(base, a) - idRank(base, b); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

func idRank(base, id string) int {
	switch {
	case strings.HasPrefix(id, "MAL-"):
		return 0
	case slices.ContainsFunc(ownPrefixes(base), func(p string) bool { return strings.HasPrefix(id, p) }):
		return 1
	case strings.HasPrefix(id, "GHSA-"):
		return 2
	case strings.HasPrefix(id, "CVE-"):
		return 3
	}
	return 4
}

// ownPrefixes returns how the ids of an ecosystem's own database begin (OSV
// schema, "id, modified fields").
func ownPrefixes(base string) []string {
	switch base {
	case "AlmaLinux":
		return []string{"ALSA-", "ALBA-", "ALEA-"}
	case "Alpaquita", "BellSoft Hardened Containers":
		return []string{"BELL-"}
	case "Alpine":
		return []string{"ALPINE-"}
	case "Azure Linux":
		return []string{"AZL-"}
	case "Bioconductor", "CRAN":
		return []string{"RSEC-"}
	case "Bitnami":
		return []string{"BIT-"}
	case "Chainguard", "Wolfi":
		return []string{"CGA-"}
	case "crates.io":
		return []string{"RUSTSEC-"}
	case "Debian":
		return []string{"DSA-", "DLA-", "DTSA-", "DEBIAN-"}
	case "Echo":
		return []string{"ECHO-"}
	case "FreeBSD":
		return []string{"FreeBSD-"}
	case "Go":
		return []string{"GO-"}
	case "GHC", "Hackage":
		return []string{"HSEC-"}
	case "Hex":
		return []string{"EEF-"}
	case "Julia":
		return []string{"JLSEC-"}
	case "Mageia":
		return []string{"MGASA-"}
	case "MinimOS":
		return []string{"MINI-"}
	case "opam":
		return []string{"OSEC-"}
	case "openEuler":
		return []string{"OESA-"}
	case "openSUSE", "SUSE":
		return []string{"openSUSE-", "SUSE-"}
	case "Photon OS":
		return []string{"PHSA-"}
	case "PyPI":
		return []string{"PYSEC-", "PSF-"}
	case "Red Hat":
		return []string{"RHSA-", "RHBA-", "RHEA-"}
	case "Rocky Linux":
		return []string{"RLSA-", "RXSA-"}
	case "Root":
		return []string{"ROOT-"}
	case "Ubuntu":
		return []string{"USN-", "LSN-", "UBUNTU-"}
	}
	return nil
}

// noFlaw reports whether a is an update that repairs no vulnerability: of
// distributions' bug fixes and enhancements, those that name no CVE.
func (a *Advisory) noFlaw() bool {
	for _, ids := range [][]string{a.Aliases, a.Upstream, a.Related} {
		if slices.ContainsFunc(ids, func(id string) bool { return strings.HasPrefix(id, "CVE-") }) {
			return false
		}
	}
	for _, p := range [...]string{"ALBA-", "ALEA-", "ELBA-", "ELEA-", "RHBA-", "RHEA-", "RLBA-", "RLEA-", "SUSE-RU-", "SUSE-FU-", "openSUSE-RU-", "openSUSE-FU-"} {
		if strings.HasPrefix(a.ID, p) {
			return true
		}
	}
	return false
}
