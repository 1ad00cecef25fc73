package report

import (
	"cmp"
	"encoding/json"
	"strings"
)

// notification writes a notice, and says whether it is about the tool's configuration.
func (w *sarifRunWriter) notification(n *Notice) (out sarifNotification, configuration bool) {
	kept := sarifKeptIn[sarifNoticeKept](n.Props)
	out = sarifNotification{
		Descriptor: &sarifReference{ID: n.Op}, Level: "note",
		Message: sarifMessage{Text: &n.Message}, sarifNotificationRest: kept.sarifNotificationRest,
	}
	extra := &sarifNoticeExtra{Count: n.Count, Suppressions: n.Suppressions}
	if n.Op == "" {
		out.Descriptor, extra.Op = nil, &n.Op
	}
	switch {
	case n.Gap:
		out.Level = "error"
	case kept.Level != "" && kept.Level != "error":
		out.Level = kept.Level
	}
	if n.Rule != "" {
		out.Rule = &sarifReference{ID: n.Rule}
	}
	if isFile(n) {
		l := Location{Path: n.Path, Region: Region{Start: Position{Line: n.Line}}}
		s := w.location(&l, false)
		s.Properties = nil
		out.Locations = append(out.Locations, s)
		if p, _, _ := sarifPath(s.Physical.Artifact.URI); p != n.Path {
			extra.Path = &n.Path
		}
		extra.Line = min(n.Line, 0)
	} else if n.Path != "" {
		out.Locations = append(out.Locations, sarifLocation{Logical: []sarifLogical{{QualifiedName: n.Path}}})
		extra.Line = n.Line
	} else {
		extra.Line = n.Line
	}
	once := w.once()
	for _, l := range out.Locations {
		once(l)
	}
	for _, l := range kept.Locations {
		if once(l) {
			out.Locations = append(out.Locations, l)
		}
	}
	out.Properties = w.pack(n.Props, extra)
	return out, kept.Configuration
}

// isFile reports whether the path of a notice is one: it may also be a purl, an ecosystem, a layer.
func isFile(n *Notice) bool {
	first, _, _ := strings.Cut(n.Path, "/")
	return n.Path != "" && n.Op != OpMatch && !strings.Contains(first, ":")
}

// A sarifNotificationRule is what we write and read of the descriptor of a notification.
type sarifNotificationRule struct {
	ID            string             `json:"id"`
	Configuration sarifConfiguration `json:"defaultConfiguration,omitzero"`
}

// sarifDescriptorOf reads a descriptor; one that is none has no id.
func sarifDescriptorOf(raw sarifRaw) (d sarifNotificationRule) {
	if json.Unmarshal(raw, &d) != nil {
		return sarifNotificationRule{}
	}
	return d
}

// readNotifications makes notices of what the tool says about its run.
func (d *sarifRunReader) readNotifications() {
	failed, said := "", false
	for i := range d.run.Invocations {
		inv := &d.run.Invocations[i]
		for j := range inv.Notifications {
			n := d.notification(&inv.Notifications[j], false)
			said = said || n.Gap
			d.notice(n)
		}
		for j := range inv.Configuration {
			n := d.notification(&inv.Configuration[j], true)
			said = said || n.Gap
			d.notice(n)
		}
		if inv.Successful != nil && !*inv.Successful {
			var why string
			for _, raw := range []sarifRaw{inv.ExitCodeDescription, inv.ProcessStartFailureMessage, inv.ExitSignalName} {
				if json.Unmarshal(raw, &why) == nil && why != "" {
					break
				}
			}
			failed = cmp.Or(failed, why, "no reason is given")
		}
	}
	if failed != "" && !said {
		d.notice(Notice{Op: OpScan, Gap: true, Message: "the tool says that its run did not succeed: " + failed})
	}
}

// notice adds a notice of the run.
func (d *sarifRunReader) notice(n Notice) {
	n.Subject, n.Scanner = d.about, d.scanner
	d.rep.Notices = append(d.rep.Notices, n)
}

func (d *sarifRunReader) notification(s *sarifNotification, configuration bool) Notice {
	extra, ours, bag := sarifUnpack[sarifNoticeExtra](s.Properties)
	n := Notice{Op: OpScan, Count: extra.Count, Suppressions: extra.Suppressions}
	n.Message, _ = d.message(&s.Message, nil)
	level := s.Level
	if s.Descriptor != nil {
		rule := d.notificationRule(s.Descriptor)
		n.Op = cmp.Or(rule.ID, s.Descriptor.ID, n.Op)
		level = cmp.Or(level, rule.Configuration.Level)
	}
	level = cmp.Or(level, "warning") // 3.58.6
	n.Gap = level == "error"
	if s.Rule != nil {
		ref := d.byReference(s.Rule)
		n.Rule = ref.ID
	}
	kept := sarifNoticeKept{sarifNotificationRest: s.sarifNotificationRest, Configuration: configuration}
	if level != "note" && level != "error" {
		kept.Level = level
	}
	if len(s.Locations) > 0 {
		l := d.location(&s.Locations[0])
		n.Path, n.Line = cmp.Or(l.Path, l.URI), l.Region.Start.Line
		if n.Path == "" && len(l.Logical) > 0 {
			n.Path = l.Logical[len(l.Logical)-1].Name
		}
		kept.Locations = s.Locations[1:]
		if !ours && s.Locations[0].Properties != nil {
			kept.Locations = s.Locations
		}
	}
	if ours {
		if extra.Op != nil {
			n.Op = *extra.Op
		}
		if extra.Path != nil {
			n.Path = *extra.Path
		}
		n.Line = cmp.Or(extra.Line, n.Line)
	}
	n.Props = sarifKeep(bag, &kept)
	return n
}

// notificationRule returns what the driver says of a kind of notification.
func (d *sarifRunReader) notificationRule(ref *sarifReference) sarifNotificationRule {
	at := indexOf(ref.Index, len(d.notes))
	if at < 0 || ref.ID != "" && d.notes[at].ID != ref.ID {
		found, ok := d.noteIDs[ref.ID]
		if !ok {
			return sarifNotificationRule{ID: ref.ID}
		}
		at = found
	}
	return d.notes[at]
}
