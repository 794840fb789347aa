// Sets theme and language before the first paint, so that nothing flashes.
;(function () {
  var root = document.documentElement
  try {
    var theme = localStorage.getItem('theme')
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme
    root.lang = localStorage.getItem('lang') || 'vi'
  } catch (refused) {
    root.lang = 'vi'
  }
})()
