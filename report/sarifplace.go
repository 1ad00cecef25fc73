package report

import (
	"slices"
)

// location writes l. One that is the whole of what a result says about its
// place gets a file in any case, if only the root of the tree: GitHub refuses
// a document with a result without one.
func (w *sarifRunWriter) location(l *Location, main bool) sarifLocation {
	kept := sarifKeptIn[sarifPlaceKept](l.Props)
	var extra sarifPlaceExtra
	out := sarifLocation{ID: kept.ID, sarifLocationRest: kept.sarifLocationRest}
	out.Physical = w.physical(l, main, &kept, &extra)
	for _, g := range distinct(l.Logical) {
		out.Logical = append(out.Logical, sarifLogical{QualifiedName: g.Name, Kind: g.Kind})
	}
	if len(out.Logical) != len(l.Logical) {
		extra.Logical = l.Logical
	}
	if l.Message != "" {
		out.Message = &sarifMessage{Text: &l.Message}
	}
	extra.Layer, extra.Commit, extra.Role = l.Layer, l.Commit, l.Role
	out.Properties = w.pack(l.Props, &extra)
	return out
}

func (w *sarifRunWriter) physical(l *Location, main bool, kept *sarifPlaceKept, extra *sarifPlaceExtra) *sarifPhysical {
	art := &sarifArtifact{sarifArtifactRest: kept.Artifact}
	switch {
	case l.Path != "":
		art.URI, art.Base = sarifURI(l.Path), w.base
		if p, _, _ := sarifPath(art.URI); p != l.Path {
			extra.Path = &l.Path
		}
		if l.URI != "" {
			extra.URI = &l.URI
		}
	case isURI(l.URI):
		art.URI = l.URI
	default:
		if l.URI != "" {
			extra.URI = &l.URI
		}
		if !main {
			if l.Region != (Region{}) {
				extra.Region = &l.Region
			}
			if kept.Physical.Address == nil {
				return nil
			}
			return &sarifPhysical{sarifPhysicalRest: kept.Physical}
		}
		art.URI, art.Base = sarifURI(""), w.base
	}
	out := &sarifPhysical{Artifact: art, sarifPhysicalRest: kept.Physical}
	out.Region, out.Context = sarifRegions(&l.Region, kept.Snippet)
	if out.Region == nil && kept.Region.CharOffset != nil {
		out.Region = &sarifRegion{}
	}
	if kept.Context != nil && out.Region != nil {
		out.Context = kept.Context
	}
	if r, _ := regionOf(out.Region, out.Context); r != l.Region {
		extra.Region = &l.Region
	}
	if out.Region != nil {
		out.Region.sarifRegionRest = kept.Region
	}
	return out
}

// location reads s; at names it in the document.
func (d *sarifRunReader) location(s *sarifLocation) Location {
	extra, ours, bag := sarifUnpack[sarifPlaceExtra](s.Properties)
	l := Location{Props: bag, Layer: extra.Layer, Commit: extra.Commit, Role: extra.Role}
	kept := sarifPlaceKept{sarifLocationRest: s.sarifLocationRest, ID: s.ID}
	if p := s.Physical; p != nil {
		kept.Physical = p.sarifPhysicalRest
		if p.Artifact != nil {
			l.Path, l.URI = d.resolve(p.Artifact)
			kept.Artifact = p.Artifact.sarifArtifactRest
		}
		l.Region, kept.Snippet = regionOf(p.Region, p.Context)
		if p.Region != nil {
			kept.Region = p.Region.sarifRegionRest
			if _, context := sarifRegions(&l.Region, kept.Snippet); p.Context != nil && !sameRegion(context, p.Context) {
				kept.Context = p.Context
			}
		}
	}
	l.Logical = d.logical(s.Logical)
	if s.Message != nil {
		l.Message, _ = d.message(s.Message, nil)
	}
	if ours {
		if extra.Path != nil {
			l.Path = *extra.Path
		}
		if extra.URI != nil {
			l.URI = *extra.URI
		}
		if extra.Region != nil {
			l.Region = *extra.Region
		}
		if extra.Logical != nil {
			l.Logical = extra.Logical
		}
	}
	l.Props = sarifKeep(l.Props, &kept)
	return l
}

// logical reads logical locations. One that has parents in the run's list is
// preceded by them.
func (d *sarifRunReader) logical(list []sarifLogical) []Logical {
	var out []Logical
	for i := range list {
		s := list[i]
		if at := indexOf(s.Index, len(d.run.LogicalLocations)); at >= 0 {
			s = d.run.LogicalLocations[at]
			d.refer(len(s.QualifiedName) + len(s.Decorated) + len(s.Name))
		}
		chain := []Logical{s.logical()}
		for range 64 { // as deep as anything is nested, and no cycle goes on for ever
			at := indexOf(s.Parent, len(d.run.LogicalLocations))
			if at < 0 || len(list) > 1 {
				break
			}
			s = d.run.LogicalLocations[at]
			d.refer(len(s.QualifiedName) + len(s.Decorated) + len(s.Name))
			chain = append(chain, s.logical())
		}
		slices.Reverse(chain)
		out = append(out, chain...)
	}
	return out
}

func (s *sarifLogical) logical() Logical {
	for _, name := range []string{s.QualifiedName, s.Decorated, s.Name} {
		if name != "" {
			return Logical{Kind: s.Kind, Name: name}
		}
	}
	return Logical{Kind: s.Kind}
}
