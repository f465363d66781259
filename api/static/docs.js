// Shows the API's own document; nothing is loaded from elsewhere.
window.addEventListener("load", () => {
  window.SwaggerUIBundle({
    url: "/api/v1/openapi.json",
    dom_id: "#api",
    deepLinking: true,
    docExpansion: "none",
    filter: true,
    validatorUrl: null,
    persistAuthorization: false,
    tryItOutEnabled: true,
  });
});
