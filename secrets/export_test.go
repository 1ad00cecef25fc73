package secrets

// Sizes that tests need to hit the edges.
const (
	WindowSize = windowSize
	BlockSize  = blockSize
	LookAhead  = lookAhead
)

// Sample and friends make fake credentials.
var (
	Sample     = sample
	Checksum62 = checksum62
)

// Alphabets of [Sample].
const (
	Alnum     = alnum
	Base32    = base32
	Base64URL = base64URL
	Base64Std = base64Std
)
