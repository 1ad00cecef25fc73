package version

import "strings"

// compareNuGet is SemVer with a fourth number and without regard to case
// (learn.microsoft.com/nuget/concepts/package-versioning; NuGet.Versioning.VersionComparer).
func compareNuGet(a, b string) (int, error) {
	return compareSemVer(strings.ToLower(a), strings.ToLower(b))
}
