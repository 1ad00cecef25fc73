package report

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"time"
)

// The types called …Extra hold what SARIF has no field for, as written under
// the key "merlon" of a property bag.

type sarifLogExtra struct {
	Complete   *bool        `json:"complete"`
	Verdict    *Verdict     `json:"verdict,omitempty"`
	Subjects   []Subject    `json:"subjects,omitempty"` // those without a run
	Rules      []Rule       `json:"rules,omitempty"`    // those without a run
	Components []*Component `json:"components,omitempty"`
	sarifClash
}

type sarifRunExtra struct {
	Subject *string  `json:"subject"` // never nil, and so the bag is known as ours
	Scanner string   `json:"scanner"`
	About   *Subject `json:"about,omitempty"`
	Scan    *Scan    `json:"scan,omitempty"`
	Rules   []Rule   `json:"rules,omitempty"` // those written as one rule an advisory
	sarifClash
}

type sarifRuleExtra struct {
	Rule       string     `json:"rule,omitempty"` // an advisory's: the rule that it belongs to
	Kind       Kind       `json:"kind,omitempty"`
	Severity   *Severity  `json:"severity"`
	Confidence Confidence `json:"confidence,omitzero"`
	URL        string     `json:"url,omitempty"`
	CWEs       []int      `json:"cwes,omitempty"`
	Controls   []Control  `json:"controls,omitempty"`
	Tags       []string   `json:"tags,omitempty"`
	sarifClash
}

type sarifFindingExtra struct {
	Rule        string      `json:"rule,omitempty"` // if ruleId is an advisory's
	Fingerprint string      `json:"fingerprint,omitempty"`
	Kind        Kind        `json:"kind,omitempty"`
	Severity    *Severity   `json:"severity"`
	Level       string      `json:"level,omitempty"` // if it is not the severity's
	Confidence  Confidence  `json:"confidence,omitzero"`
	Ratings     []Rating    `json:"ratings,omitempty"`
	Tags        []string    `json:"tags,omitempty"`
	Advisories  []string    `json:"advisories,omitempty"`
	CWEs        []int       `json:"cwes,omitzero"` // if they are not those of taxa or rule
	Controls    []Control   `json:"controls,omitempty"`
	Component   string      `json:"component,omitempty"`
	PURL        string      `json:"purl,omitempty"` // the component's, for readers that know no components
	Via         []string    `json:"via,omitempty"`
	FixedIn     []string    `json:"fixedIn,omitzero"`
	Evidence    []Evidence  `json:"evidence,omitempty"`
	Reach       Reach       `json:"reach,omitzero"`
	Intel       Intel       `json:"intel,omitzero"`
	Published   time.Time   `json:"published,omitzero"`
	FirstSeen   time.Time   `json:"firstSeen,omitzero"`
	LastSeen    time.Time   `json:"lastSeen,omitzero"`
	Due         time.Time   `json:"due,omitzero"`
	Fixes       map[int]Fix `json:"fixes,omitempty"` // those without edits, by their place in the list
	Links       []Link      `json:"links,omitempty"`
	Witnesses   []Witness   `json:"witnesses,omitempty"`
	Owners      []string    `json:"owners,omitempty"`
	Group       string      `json:"group,omitempty"`
	sarifClash
}

type sarifPlaceExtra struct {
	Path    *string   `json:"path,omitempty"`
	URI     *string   `json:"uri,omitempty"`
	Region  *Region   `json:"region,omitempty"`
	Logical []Logical `json:"logical,omitzero"`
	Layer   *Layer    `json:"layer,omitempty"`
	Commit  *Commit   `json:"commit,omitempty"`
	Role    Role      `json:"role,omitempty"`
	Message string    `json:"message,omitempty"` // of a step's location, beside the step's own
	sarifClash
}

type sarifFixExtra struct {
	Fix // its title and edits stand in SARIF's own fields, unless Edits is set
	sarifClash
}

type sarifEditExtra struct {
	Hash   string  `json:"hash,omitempty"`
	Region *Region `json:"region,omitempty"`
	sarifClash
}

type sarifSuppressionExtra struct {
	Suppression // its source stands in SARIF's own field
	sarifClash
}

type sarifNoticeExtra struct {
	Op           *string       `json:"op,omitempty"`
	Path         *string       `json:"path,omitempty"`
	Line         int           `json:"line,omitempty"`
	Count        int           `json:"count,omitempty"`
	Suppressions []Suppression `json:"suppressions,omitempty"`
	sarifClash
}

// A sarifClash holds the properties whose keys are taken in their bag.
type sarifClash struct {
	Clash Props `json:"properties,omitempty"`
}

func (c *sarifClash) clash() *Props { return &c.Clash }

type sarifExtra interface{ clash() *Props }

// The types called …Kept hold what another tool's document says in fields that
// this package has no field for, as kept in Props under "merlon/sarif".

type sarifLogKept struct{ sarifLogRest }

type sarifRunKept struct {
	sarifRunRest
	Driver                   sarifComponent           `json:"driver,omitzero"`
	Extensions               []sarifComponent         `json:"extensions,omitempty"`
	ToolProperties           Props                    `json:"toolProperties,omitempty"`
	AutomationDetails        sarifRaw                 `json:"automationDetails,omitempty"`
	Invocations              []sarifInvocation        `json:"invocations,omitempty"`
	VersionControlProvenance []sarifVersionControl    `json:"versionControlProvenance,omitempty"`
	OriginalURIBaseIDs       map[string]sarifArtifact `json:"originalUriBaseIds,omitempty"`
	Artifacts                []sarifListed            `json:"artifacts,omitempty"`
	LogicalLocations         []sarifLogical           `json:"logicalLocations,omitempty"`
	ThreadFlowLocations      []sarifStep              `json:"threadFlowLocations,omitempty"`
	Taxonomies               []sarifComponent         `json:"taxonomies,omitempty"`
	ColumnKind               string                   `json:"columnKind,omitempty"`
	Results                  []sarifResult            `json:"results,omitempty"` // of kind pass and notApplicable
}

type sarifRuleKept struct {
	sarifRuleRest
	Name             string              `json:"name,omitempty"`
	ShortDescription *sarifText          `json:"shortDescription,omitempty"`
	FullDescription  *sarifText          `json:"fullDescription,omitempty"`
	Help             *sarifText          `json:"help,omitempty"`
	HelpURI          string              `json:"helpUri,omitempty"`
	Configuration    *sarifConfiguration `json:"defaultConfiguration,omitempty"`
	Relationships    []sarifRelationship `json:"relationships,omitempty"`
}

type sarifFindingKept struct {
	sarifResultRest
	RuleID   string           `json:"ruleId,omitempty"` // hierarchical
	Kind     string           `json:"kind,omitempty"`
	Level    string           `json:"level,omitempty"`
	Severity Severity         `json:"severity,omitzero"` // for which Level stands
	Taxa     []sarifReference `json:"taxa,omitempty"`
	Fixes    []sarifFix       `json:"fixes,omitempty"` // with content that is no text
}

type sarifPlaceKept struct {
	sarifLocationRest
	ID       *int              `json:"id,omitempty"`
	Physical sarifPhysicalRest `json:"physicalLocation,omitzero"`
	Artifact sarifArtifactRest `json:"artifactLocation,omitzero"`
	Region   sarifRegionRest   `json:"region,omitzero"`
	Context  *sarifRegion      `json:"contextRegion,omitempty"`
	Snippet  bool              `json:"snippet,omitempty"` // the snippet is the region's text, not its lines
	Step     sarifStepRest     `json:"step,omitzero"`
}

type sarifSuppressionKept struct{ sarifSuppressionRest }

type sarifNoticeKept struct {
	sarifNotificationRest
	Level         string          `json:"level,omitempty"`
	Locations     []sarifLocation `json:"locations,omitempty"` // after the first
	Configuration bool            `json:"configuration,omitempty"`
}

// sarifUnpack splits a property bag into what we wrote for it, and whether we
// did, and the rest.
func sarifUnpack[E any, P interface {
	*E
	sarifExtra
}](bag Props) (extra E, ours bool, rest Props) {
	raw, ok := bag[sarifOurs]
	if !ok {
		return extra, false, bag
	}
	if err := json.Unmarshal(raw, &extra); err != nil || len(raw) == 0 || raw[0] != '{' {
		return *new(E), false, bag // another tool's property of that name
	}
	rest = maps.Clone(bag)
	delete(rest, sarifOurs)
	maps.Copy(rest, *P(&extra).clash())
	if len(rest) == 0 {
		rest = nil
	}
	return extra, true, rest
}

// pack is the inverse: a bag of props and extra. The caller writes the keys
// taken itself.
func (w *sarifWriter) pack(props Props, extra sarifExtra, taken ...string) Props {
	bag := Props{}
	for k, v := range props {
		switch {
		case k == sarifKept:
		case k == sarifOurs || slices.Contains(taken, k):
			clash := extra.clash()
			if *clash == nil {
				*clash = Props{}
			}
			(*clash)[k] = v
		default:
			bag[k] = v
		}
	}
	if !reflect.ValueOf(extra).Elem().IsZero() {
		bag[sarifOurs] = w.marshal(extra)
	}
	if len(bag) == 0 {
		return nil
	}
	return bag
}

// marshal returns v as JSON. The first error stays with w.
func (w *sarifWriter) marshal(v any) json.RawMessage {
	text, err := w.text.bytes(v)
	if err != nil {
		if w.err == nil {
			w.err = err
		}
		return json.RawMessage("null")
	}
	return slices.Clone(text)
}

// sarifKeep stores what v holds in props, if it holds anything. props is the
// caller's own.
func sarifKeep(props Props, v any) Props {
	if reflect.ValueOf(v).Elem().IsZero() {
		return props
	}
	text, err := json.Marshal(v)
	if err != nil || string(text) == "{}" {
		return props // cannot be: v was read from JSON
	}
	props = maps.Clone(props)
	if props == nil {
		props = Props{}
	}
	props[sarifKept] = text
	return props
}

// sarifKeptIn returns what props keep; what is not ours there counts for nothing.
func sarifKeptIn[K any](props Props) (kept K) {
	if raw, ok := props[sarifKept]; ok {
		if err := json.Unmarshal(raw, &kept); err != nil {
			return *new(K)
		}
	}
	return kept
}
