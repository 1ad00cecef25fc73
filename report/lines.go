package report

// Lines is a set of lines by path: what a change touched. A path with no
// ranges stands for the whole file.
type Lines map[string][]LineRange

// A LineRange is First to Last, both included, from one.
type LineRange struct{ First, Last int }

// Covers reports whether f, or a step of its flows, lies on these lines. A
// finding without a line lies on them if its file was touched; one without a
// file never does.
func (l Lines) Covers(f *Finding) bool {
	if l.at(&f.Location) {
		return true
	}
	for _, flow := range f.Flows {
		for i := range flow {
			if l.at(&flow[i].Location) {
				return true
			}
		}
	}
	return false
}

func (l Lines) at(loc *Location) bool {
	ranges, ok := l[loc.Path]
	first := loc.Region.Start.Line
	if !ok || first == 0 || len(ranges) == 0 {
		return ok
	}
	last := max(first, loc.Region.End.Line)
	for _, r := range ranges {
		if first <= r.Last && last >= r.First {
			return true
		}
	}
	return false
}

// add adds a range, joining it with the last one where they touch.
func (l Lines) add(path string, first, last int) {
	ranges := l[path]
	if n := len(ranges); n > 0 && first <= ranges[n-1].Last+1 {
		ranges[n-1].Last = max(ranges[n-1].Last, last)
		return
	}
	l[path] = append(ranges, LineRange{first, last})
}
