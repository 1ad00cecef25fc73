package taint

// remoteModels are the places where data of a remote sender comes in.
func remoteModels() []Model {
	return []Model{
		{Func: "net/http.Request.FormValue", Source: "r"},
		{Func: "net/http.Request.PostFormValue", Source: "r"},
		{Func: "net/http.Request.PathValue", Source: "r"},
		{Func: "net/http.Request.FormFile", Source: "r r1"},
		{Func: "net/http.Request.MultipartReader", Source: "r"},
		{Func: "net/http.Request.Cookie", Source: "r"},
		{Func: "net/http.Request.Cookies", Source: "r"},
		{Func: "net/http.Request.CookiesNamed", Source: "r"},
		{Func: "net/http.Request.Referer", Source: "r"},
		{Func: "net/http.Request.UserAgent", Source: "r"},
		{Func: "net/http.Request.BasicAuth", Source: "r r1"},

		{Func: "github.com/gorilla/mux.Vars", Source: "r"},
		{Func: "github.com/go-chi/chi.URLParam", Source: "r"},
		{Func: "github.com/go-chi/chi.URLParamFromCtx", Source: "r"},
		{Func: "github.com/julienschmidt/httprouter.Params.ByName", Source: "r"},
		{Func: "github.com/gorilla/websocket.Conn.ReadMessage", Source: "r1"},
		{Func: "github.com/gorilla/websocket.Conn.ReadJSON", Source: "1"},

		{Func: "github.com/gin-gonic/gin.Context.Query", Source: "r"},
		{Func: "github.com/gin-gonic/gin.Context.DefaultQuery", Source: "r"},
		{Func: "github.com/gin-gonic/gin.Context.GetQuery", Source: "r"},
		{Func: "github.com/gin-gonic/gin.Context.QueryArray", Source: "r"},
		{Func: "github.com/gin-gonic/gin.Context.QueryMap", Source: "r"},
		{Func: "github.com/gin-gonic/gin.Context.Param", Source: "r"},
		{Func: "github.com/gin-gonic/gin.Context.PostForm", Source: "r"},
		{Func: "github.com/gin-gonic/gin.Context.DefaultPostForm", Source: "r"},
		{Func: "github.com/gin-gonic/gin.Context.GetPostForm", Source: "r"},
		{Func: "github.com/gin-gonic/gin.Context.PostFormArray", Source: "r"},
		{Func: "github.com/gin-gonic/gin.Context.GetHeader", Source: "r"},
		{Func: "github.com/gin-gonic/gin.Context.Cookie", Source: "r"},
		{Func: "github.com/gin-gonic/gin.Context.GetRawData", Source: "r"},
		{Func: "github.com/gin-gonic/gin.Context.FormFile", Source: "r"},
		{Func: "github.com/gin-gonic/gin.Context.Bind", Source: "1"},
		{Func: "github.com/gin-gonic/gin.Context.BindJSON", Source: "1"},
		{Func: "github.com/gin-gonic/gin.Context.BindQuery", Source: "1"},
		{Func: "github.com/gin-gonic/gin.Context.BindUri", Source: "1"},
		{Func: "github.com/gin-gonic/gin.Context.ShouldBind", Source: "1"},
		{Func: "github.com/gin-gonic/gin.Context.ShouldBindJSON", Source: "1"},
		{Func: "github.com/gin-gonic/gin.Context.ShouldBindQuery", Source: "1"},
		{Func: "github.com/gin-gonic/gin.Context.ShouldBindUri", Source: "1"},
		{Func: "github.com/gin-gonic/gin.Context.ShouldBindWith", Source: "1"},

		{Func: "github.com/labstack/echo.Context.QueryParam", Source: "r"},
		{Func: "github.com/labstack/echo.Context.QueryParams", Source: "r"},
		{Func: "github.com/labstack/echo.Context.QueryString", Source: "r"},
		{Func: "github.com/labstack/echo.Context.Param", Source: "r"},
		{Func: "github.com/labstack/echo.Context.FormValue", Source: "r"},
		{Func: "github.com/labstack/echo.Context.FormParams", Source: "r"},
		{Func: "github.com/labstack/echo.Context.Cookie", Source: "r"},
		{Func: "github.com/labstack/echo.Context.Bind", Source: "1"},

		{Func: "github.com/gofiber/fiber.Ctx.Query", Source: "r"},
		{Func: "github.com/gofiber/fiber.Ctx.Params", Source: "r"},
		{Func: "github.com/gofiber/fiber.Ctx.FormValue", Source: "r"},
		{Func: "github.com/gofiber/fiber.Ctx.Get", Source: "r"},
		{Func: "github.com/gofiber/fiber.Ctx.Cookies", Source: "r"},
		{Func: "github.com/gofiber/fiber.Ctx.Body", Source: "r"},
		{Func: "github.com/gofiber/fiber.Ctx.BodyParser", Source: "1"},
		{Func: "github.com/gofiber/fiber.Ctx.QueryParser", Source: "1"},
		{Func: "github.com/gofiber/fiber.Ctx.ParamsParser", Source: "1"},
	}
}

// remoteField reports whether a field of a request, as the server sees it, is
// remote input.
func remoteField(typ, field string) bool {
	if typ != "net/http.Request" {
		return false
	}
	switch field {
	case "URL", "Header", "Body", "Form", "PostForm", "MultipartForm", "Host", "RequestURI", "Trailer":
		return true
	}
	return false
}
