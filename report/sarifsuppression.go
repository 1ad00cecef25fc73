package report

import (
	"cmp"
	"reflect"
	"time"
)

// suppression writes s. Its status is what holds now: a waiver that has run
// out no longer counts, whatever it once said.
func (w *sarifRunWriter) suppression(s *Suppression) sarifSuppression {
	out := sarifSuppression{
		Kind: "external", Status: sarifStatus(s, w.now), Justification: cmp.Or(s.Reason, s.Justification),
		sarifSuppressionRest: sarifKeptIn[sarifSuppressionKept](s.Props).sarifSuppressionRest,
	}
	if s.Kind == InSource {
		out.Kind = "inSource"
	}
	if !reflect.ValueOf(s.Source).IsZero() {
		l := w.location(&s.Source, false)
		out.Location = &l
	}
	extra := &sarifSuppressionExtra{Suppression: *s}
	extra.Source, extra.Props = Location{}, nil
	out.Properties = w.pack(s.Props, extra)
	return out
}

func sarifStatus(s *Suppression, now time.Time) string {
	switch {
	case s.InForce(now):
		return "accepted"
	case s.Status == StatusUnderInvestigation:
		return "underReview"
	}
	return "rejected"
}

func (d *sarifRunReader) suppression(s *sarifSuppression) Suppression {
	extra, ours, bag := sarifUnpack[sarifSuppressionExtra](s.Properties)
	out := extra.Suppression
	if !ours || out.Kind == "" {
		out = Suppression{Kind: External, Reason: s.Justification}
		if s.Kind == "inSource" {
			out.Kind = InSource
		}
		switch s.Status {
		case "underReview":
			out.Status = StatusUnderInvestigation
		case "rejected":
			out.Status = StatusRejected
		default: // accepted, or not said
			out.Status = StatusAccepted
		}
	}
	if s.Location != nil {
		out.Source = d.location(s.Location)
	}
	out.Props = sarifKeep(bag, &sarifSuppressionKept{s.sarifSuppressionRest})
	return out
}
