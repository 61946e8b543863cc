// Runs before the page is drawn, so that nothing jumps: says that scripts work here.
document.body.className +=
  ' js-enabled' + ('noModule' in HTMLScriptElement.prototype ? ' govuk-frontend-supported' : '')
