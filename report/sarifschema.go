package report

import "encoding/json"

// The types of this file are the objects of SARIF 2.1.0 of which this package
// reads or writes fields. What it only carries from reading to writing is in
// the embedded types called …Rest, as text.

type sarifLog struct {
	Schema     string     `json:"$schema,omitempty"`
	Version    string     `json:"version"`
	Properties Props      `json:"properties,omitempty"`
	Runs       []sarifRaw `json:"runs"`
	sarifLogRest
}

type sarifLogRest struct {
	InlineExternalProperties sarifRaw `json:"inlineExternalProperties,omitempty"`
}

type sarifRun struct {
	Tool                     sarifTool                `json:"tool"`
	AutomationDetails        sarifRaw                 `json:"automationDetails,omitempty"`
	Invocations              []sarifInvocation        `json:"invocations,omitempty"`
	VersionControlProvenance []sarifVersionControl    `json:"versionControlProvenance,omitempty"`
	OriginalURIBaseIDs       map[string]sarifArtifact `json:"originalUriBaseIds,omitempty"`
	Artifacts                []sarifListed            `json:"artifacts,omitempty"`
	LogicalLocations         []sarifLogical           `json:"logicalLocations,omitempty"`
	ThreadFlowLocations      []sarifStep              `json:"threadFlowLocations,omitempty"`
	Taxonomies               []sarifComponent         `json:"taxonomies,omitempty"`
	ColumnKind               string                   `json:"columnKind,omitempty"`
	sarifRunRest
	Properties Props `json:"properties,omitempty"`

	Results sarifRaws `json:"results,omitempty"` // nil: absent or null; written apart
}

type sarifRunRest struct {
	Addresses                      sarifRaw `json:"addresses,omitempty"`
	BaselineGUID                   sarifRaw `json:"baselineGuid,omitempty"`
	Conversion                     sarifRaw `json:"conversion,omitempty"`
	DefaultEncoding                sarifRaw `json:"defaultEncoding,omitempty"`
	DefaultSourceLanguage          sarifRaw `json:"defaultSourceLanguage,omitempty"`
	ExternalPropertyFileReferences sarifRaw `json:"externalPropertyFileReferences,omitempty"`
	Graphs                         sarifRaw `json:"graphs,omitempty"`
	Language                       sarifRaw `json:"language,omitempty"`
	NewlineSequences               sarifRaw `json:"newlineSequences,omitempty"`
	Policies                       sarifRaw `json:"policies,omitempty"`
	RedactionTokens                sarifRaw `json:"redactionTokens,omitempty"`
	RunAggregates                  sarifRaw `json:"runAggregates,omitempty"`
	SpecialLocations               sarifRaw `json:"specialLocations,omitempty"`
	Translations                   sarifRaw `json:"translations,omitempty"`
	WebRequests                    sarifRaw `json:"webRequests,omitempty"`
	WebResponses                   sarifRaw `json:"webResponses,omitempty"`
}

type sarifTool struct {
	Driver     sarifComponent   `json:"driver"`
	Extensions []sarifComponent `json:"extensions,omitempty"`
	Properties Props            `json:"properties,omitempty"`
}

type sarifComponent struct {
	Name string `json:"name"`
	sarifComponentRest
	Version              string               `json:"version,omitempty"`
	GUID                 string               `json:"guid,omitempty"`
	GlobalMessageStrings map[string]sarifText `json:"globalMessageStrings,omitempty"`
	Notifications        []sarifRaw           `json:"notifications,omitempty"`
	Rules                []sarifRule          `json:"rules,omitempty"`
	Taxa                 []sarifRule          `json:"taxa,omitempty"`
	Properties           Props                `json:"properties,omitempty"`
}

type sarifComponentRest struct {
	AssociatedComponent                         sarifRaw `json:"associatedComponent,omitempty"`
	Contents                                    sarifRaw `json:"contents,omitempty"`
	DottedQuadFileVersion                       sarifRaw `json:"dottedQuadFileVersion,omitempty"`
	DownloadURI                                 sarifRaw `json:"downloadUri,omitempty"`
	FullDescription                             sarifRaw `json:"fullDescription,omitempty"`
	FullName                                    sarifRaw `json:"fullName,omitempty"`
	InformationURI                              sarifRaw `json:"informationUri,omitempty"`
	IsComprehensive                             sarifRaw `json:"isComprehensive,omitempty"`
	Language                                    sarifRaw `json:"language,omitempty"`
	LocalizedDataSemanticVersion                sarifRaw `json:"localizedDataSemanticVersion,omitempty"`
	Locations                                   sarifRaw `json:"locations,omitempty"`
	MinimumRequiredLocalizedDataSemanticVersion sarifRaw `json:"minimumRequiredLocalizedDataSemanticVersion,omitempty"`
	Organization                                sarifRaw `json:"organization,omitempty"`
	Product                                     sarifRaw `json:"product,omitempty"`
	ProductSuite                                sarifRaw `json:"productSuite,omitempty"`
	ReleaseDateUTC                              sarifRaw `json:"releaseDateUtc,omitempty"`
	SemanticVersion                             sarifRaw `json:"semanticVersion,omitempty"`
	ShortDescription                            sarifRaw `json:"shortDescription,omitempty"`
	SupportedTaxonomies                         sarifRaw `json:"supportedTaxonomies,omitempty"`
	TranslationMetadata                         sarifRaw `json:"translationMetadata,omitempty"`
}

// A sarifRule is a reportingDescriptor.
type sarifRule struct {
	ID               string              `json:"id"`
	Name             string              `json:"name,omitempty"`
	ShortDescription *sarifText          `json:"shortDescription,omitempty"`
	FullDescription  *sarifText          `json:"fullDescription,omitempty"`
	Help             *sarifText          `json:"help,omitempty"`
	HelpURI          string              `json:"helpUri,omitempty"`
	Configuration    *sarifConfiguration `json:"defaultConfiguration,omitempty"`
	Relationships    []sarifRelationship `json:"relationships,omitempty"`
	sarifRuleRest
	Properties Props `json:"properties,omitempty"`
}

type sarifRuleRest struct {
	DeprecatedGUIDs sarifRaw             `json:"deprecatedGuids,omitempty"`
	DeprecatedIDs   sarifRaw             `json:"deprecatedIds,omitempty"`
	DeprecatedNames sarifRaw             `json:"deprecatedNames,omitempty"`
	GUID            sarifRaw             `json:"guid,omitempty"`
	MessageStrings  map[string]sarifText `json:"messageStrings,omitempty"`
}

type sarifConfiguration struct {
	Level      string   `json:"level,omitempty"`
	Enabled    sarifRaw `json:"enabled,omitempty"`
	Parameters sarifRaw `json:"parameters,omitempty"`
	Rank       sarifRaw `json:"rank,omitempty"`
	Properties sarifRaw `json:"properties,omitempty"`
}

type sarifRelationship struct {
	Target      sarifReference `json:"target"`
	Kinds       []string       `json:"kinds,omitempty"`
	Description sarifRaw       `json:"description,omitempty"`
	Properties  sarifRaw       `json:"properties,omitempty"`
}

// A sarifReference is a reportingDescriptorReference.
type sarifReference struct {
	ID        string                   `json:"id,omitempty"`
	Index     *int                     `json:"index,omitempty"`
	GUID      string                   `json:"guid,omitempty"`
	Component *sarifComponentReference `json:"toolComponent,omitempty"`
}

type sarifComponentReference struct {
	Name  string `json:"name,omitempty"`
	Index *int   `json:"index,omitempty"`
	GUID  string `json:"guid,omitempty"`
}

// A sarifText is a multiformatMessageString.
type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifMessage struct {
	Text      *string  `json:"text,omitempty"`
	Markdown  string   `json:"markdown,omitempty"`
	ID        string   `json:"id,omitempty"`
	Arguments []string `json:"arguments,omitempty"`
}

type sarifResult struct {
	RuleID              string             `json:"ruleId,omitempty"`
	RuleIndex           *int               `json:"ruleIndex,omitempty"`
	Rule                *sarifReference    `json:"rule,omitempty"`
	Kind                string             `json:"kind,omitempty"`
	Level               string             `json:"level,omitempty"`
	Message             sarifMessage       `json:"message"`
	Locations           []sarifLocation    `json:"locations,omitempty"`
	RelatedLocations    []sarifLocation    `json:"relatedLocations,omitempty"`
	CodeFlows           []sarifCodeFlow    `json:"codeFlows,omitempty"`
	Fixes               []sarifFix         `json:"fixes,omitempty"`
	Suppressions        []sarifSuppression `json:"suppressions,omitempty"`
	PartialFingerprints map[string]string  `json:"partialFingerprints,omitempty"`
	BaselineState       Baseline           `json:"baselineState,omitempty"`
	OccurrenceCount     int                `json:"occurrenceCount,omitempty"`
	Taxa                []sarifReference   `json:"taxa,omitempty"`
	sarifResultRest
	Properties Props `json:"properties,omitempty"`
}

type sarifResultRest struct {
	AnalysisTarget  sarifRaw `json:"analysisTarget,omitempty"`
	Attachments     sarifRaw `json:"attachments,omitempty"`
	CorrelationGUID sarifRaw `json:"correlationGuid,omitempty"`
	Fingerprints    sarifRaw `json:"fingerprints,omitempty"`
	GraphTraversals sarifRaw `json:"graphTraversals,omitempty"`
	Graphs          sarifRaw `json:"graphs,omitempty"`
	GUID            sarifRaw `json:"guid,omitempty"`
	HostedViewerURI sarifRaw `json:"hostedViewerUri,omitempty"`
	Provenance      sarifRaw `json:"provenance,omitempty"`
	Rank            sarifRaw `json:"rank,omitempty"`
	Stacks          sarifRaw `json:"stacks,omitempty"`
	WebRequest      sarifRaw `json:"webRequest,omitempty"`
	WebResponse     sarifRaw `json:"webResponse,omitempty"`
	WorkItemURIs    sarifRaw `json:"workItemUris,omitempty"`
}

type sarifLocation struct {
	ID       *int           `json:"id,omitempty"`
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	Message  *sarifMessage  `json:"message,omitempty"`
	sarifLocationRest
	Properties Props `json:"properties,omitempty"`
}

type sarifLocationRest struct {
	Annotations   sarifRaw `json:"annotations,omitempty"`
	Relationships sarifRaw `json:"relationships,omitempty"`
}

type sarifPhysical struct {
	Artifact *sarifArtifact `json:"artifactLocation,omitempty"`
	Region   *sarifRegion   `json:"region,omitempty"`
	Context  *sarifRegion   `json:"contextRegion,omitempty"`
	sarifPhysicalRest
}

type sarifPhysicalRest struct {
	Address    sarifRaw `json:"address,omitempty"`
	Properties sarifRaw `json:"properties,omitempty"`
}

// A sarifArtifact is an artifactLocation.
type sarifArtifact struct {
	URI   string `json:"uri,omitempty"`
	Base  string `json:"uriBaseId,omitempty"`
	Index *int   `json:"index,omitempty"`
	sarifArtifactRest
}

type sarifArtifactRest struct {
	Description sarifRaw `json:"description,omitempty"`
	Properties  sarifRaw `json:"properties,omitempty"`
}

// A sarifListed is an artifact of a run.
type sarifListed struct {
	Location         *sarifArtifact `json:"location,omitempty"`
	Contents         sarifRaw       `json:"contents,omitempty"`
	Description      sarifRaw       `json:"description,omitempty"`
	Encoding         sarifRaw       `json:"encoding,omitempty"`
	Hashes           sarifRaw       `json:"hashes,omitempty"`
	LastModifiedTime sarifRaw       `json:"lastModifiedTimeUtc,omitempty"`
	Length           sarifRaw       `json:"length,omitempty"`
	MIMEType         sarifRaw       `json:"mimeType,omitempty"`
	Offset           sarifRaw       `json:"offset,omitempty"`
	ParentIndex      sarifRaw       `json:"parentIndex,omitempty"`
	Roles            sarifRaw       `json:"roles,omitempty"`
	SourceLanguage   sarifRaw       `json:"sourceLanguage,omitempty"`
	Properties       sarifRaw       `json:"properties,omitempty"`
}

type sarifRegion struct {
	StartLine   int           `json:"startLine,omitempty"`
	StartColumn int           `json:"startColumn,omitempty"`
	EndLine     int           `json:"endLine,omitempty"`
	EndColumn   int           `json:"endColumn,omitempty"`
	ByteOffset  *int64        `json:"byteOffset,omitempty"`
	ByteLength  int64         `json:"byteLength,omitempty"`
	Snippet     *sarifContent `json:"snippet,omitempty"`
	sarifRegionRest
}

type sarifRegionRest struct {
	CharLength     sarifRaw `json:"charLength,omitempty"`
	CharOffset     sarifRaw `json:"charOffset,omitempty"`
	Message        sarifRaw `json:"message,omitempty"`
	SourceLanguage sarifRaw `json:"sourceLanguage,omitempty"`
	Properties     sarifRaw `json:"properties,omitempty"`
}

// A sarifContent is an artifactContent.
type sarifContent struct {
	Text       *string  `json:"text,omitempty"`
	Binary     sarifRaw `json:"binary,omitempty"`
	Rendered   sarifRaw `json:"rendered,omitempty"`
	Properties sarifRaw `json:"properties,omitempty"`
}

type sarifLogical struct {
	Name          string   `json:"name,omitempty"`
	QualifiedName string   `json:"fullyQualifiedName,omitempty"`
	Decorated     string   `json:"decoratedName,omitempty"`
	Kind          string   `json:"kind,omitempty"`
	Index         *int     `json:"index,omitempty"`
	Parent        *int     `json:"parentIndex,omitempty"`
	Properties    sarifRaw `json:"properties,omitempty"`
}

type sarifCodeFlow struct {
	Threads []sarifThread `json:"threadFlows"`
}

type sarifThread struct {
	Locations []sarifStep `json:"locations"`
}

// A sarifStep is a threadFlowLocation.
type sarifStep struct {
	Location *sarifLocation `json:"location,omitempty"`
	Index    *int           `json:"index,omitempty"`
	sarifStepRest
}

type sarifStepRest struct {
	ExecutionOrder   sarifRaw `json:"executionOrder,omitempty"`
	ExecutionTimeUTC sarifRaw `json:"executionTimeUtc,omitempty"`
	Importance       sarifRaw `json:"importance,omitempty"`
	Kinds            sarifRaw `json:"kinds,omitempty"`
	Module           sarifRaw `json:"module,omitempty"`
	NestingLevel     sarifRaw `json:"nestingLevel,omitempty"`
	Stack            sarifRaw `json:"stack,omitempty"`
	State            sarifRaw `json:"state,omitempty"`
	Taxa             sarifRaw `json:"taxa,omitempty"`
	WebRequest       sarifRaw `json:"webRequest,omitempty"`
	WebResponse      sarifRaw `json:"webResponse,omitempty"`
	Properties       sarifRaw `json:"properties,omitempty"`
}

type sarifFix struct {
	Description *sarifMessage `json:"description,omitempty"`
	Changes     []sarifChange `json:"artifactChanges"`
	Properties  Props         `json:"properties,omitempty"`
}

type sarifChange struct {
	Artifact     sarifArtifact      `json:"artifactLocation"`
	Replacements []sarifReplacement `json:"replacements"`
	Properties   sarifRaw           `json:"properties,omitempty"`
}

type sarifReplacement struct {
	Deleted    sarifRegion   `json:"deletedRegion"`
	Inserted   *sarifContent `json:"insertedContent,omitempty"`
	Properties Props         `json:"properties,omitempty"`
}

type sarifSuppression struct {
	Kind          string         `json:"kind"`
	Status        string         `json:"status,omitempty"`
	Justification string         `json:"justification,omitempty"`
	Location      *sarifLocation `json:"location,omitempty"`
	sarifSuppressionRest
	Properties Props `json:"properties,omitempty"`
}

type sarifSuppressionRest struct {
	GUID sarifRaw `json:"guid,omitempty"`
}

type sarifInvocation struct {
	Successful    *bool               `json:"executionSuccessful"`
	Start         string              `json:"startTimeUtc,omitempty"`
	End           string              `json:"endTimeUtc,omitempty"`
	Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	Configuration []sarifNotification `json:"toolConfigurationNotifications,omitempty"`
	Overrides     []sarifOverride     `json:"ruleConfigurationOverrides,omitempty"`
	Directory     *sarifArtifact      `json:"workingDirectory,omitempty"`
	sarifInvocationRest
}

type sarifInvocationRest struct {
	Account                            sarifRaw `json:"account,omitempty"`
	Arguments                          sarifRaw `json:"arguments,omitempty"`
	CommandLine                        sarifRaw `json:"commandLine,omitempty"`
	EnvironmentVariables               sarifRaw `json:"environmentVariables,omitempty"`
	ExecutableLocation                 sarifRaw `json:"executableLocation,omitempty"`
	ExitCode                           sarifRaw `json:"exitCode,omitempty"`
	ExitCodeDescription                sarifRaw `json:"exitCodeDescription,omitempty"`
	ExitSignalName                     sarifRaw `json:"exitSignalName,omitempty"`
	ExitSignalNumber                   sarifRaw `json:"exitSignalNumber,omitempty"`
	Machine                            sarifRaw `json:"machine,omitempty"`
	NotificationConfigurationOverrides sarifRaw `json:"notificationConfigurationOverrides,omitempty"`
	ProcessID                          sarifRaw `json:"processId,omitempty"`
	ProcessStartFailureMessage         sarifRaw `json:"processStartFailureMessage,omitempty"`
	ResponseFiles                      sarifRaw `json:"responseFiles,omitempty"`
	Stderr                             sarifRaw `json:"stderr,omitempty"`
	Stdin                              sarifRaw `json:"stdin,omitempty"`
	Stdout                             sarifRaw `json:"stdout,omitempty"`
	StdoutStderr                       sarifRaw `json:"stdoutStderr,omitempty"`
	Properties                         sarifRaw `json:"properties,omitempty"`
}

type sarifOverride struct {
	Configuration sarifConfiguration `json:"configuration"`
	Descriptor    sarifReference     `json:"descriptor"`
	Properties    sarifRaw           `json:"properties,omitempty"`
}

type sarifNotification struct {
	Descriptor *sarifReference `json:"descriptor,omitempty"`
	Rule       *sarifReference `json:"associatedRule,omitempty"`
	Level      string          `json:"level,omitempty"`
	Message    sarifMessage    `json:"message"`
	Locations  []sarifLocation `json:"locations,omitempty"`
	sarifNotificationRest
	Properties Props `json:"properties,omitempty"`
}

type sarifNotificationRest struct {
	Exception sarifRaw `json:"exception,omitempty"`
	ThreadID  sarifRaw `json:"threadId,omitempty"`
	TimeUTC   sarifRaw `json:"timeUtc,omitempty"`
}

// A sarifVersionControl is a versionControlDetails.
type sarifVersionControl struct {
	RepositoryURI string   `json:"repositoryUri"`
	RevisionID    string   `json:"revisionId,omitempty"`
	Branch        sarifRaw `json:"branch,omitempty"`
	RevisionTag   sarifRaw `json:"revisionTag,omitempty"`
	AsOfTimeUTC   sarifRaw `json:"asOfTimeUtc,omitempty"`
	MappedTo      sarifRaw `json:"mappedTo,omitempty"`
	Properties    sarifRaw `json:"properties,omitempty"`
}

// A sarifRaw is JSON text as it was read; nil for null, which SARIF has no use for.
type sarifRaw []byte

func (r sarifRaw) MarshalJSON() ([]byte, error) {
	if len(r) == 0 {
		return []byte("null"), nil
	}
	return r, nil
}

func (r *sarifRaw) UnmarshalJSON(text []byte) error {
	*r = nil
	if string(text) != "null" {
		*r = append(*r, text...)
	}
	return nil
}

// sarifRaws is a list of texts, of which null is one: it is told from an entry that is left out.
type sarifRaws []json.RawMessage
