// A token that is typed in here stays in the page and goes with it.
SwaggerUIBundle({
  url: "/docs/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: false,
  persistAuthorization: false,
  validatorUrl: null,
});
