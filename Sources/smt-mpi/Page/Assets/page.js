document.getElementById("status").textContent = JSON.parse(document.getElementById("page").textContent).title
