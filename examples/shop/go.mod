module example.com/shop

go 1.26.0

require (
	github.com/dgrijalva/jwt-go v3.2.0+incompatible
	gopkg.in/yaml.v2 v2.2.3
)
