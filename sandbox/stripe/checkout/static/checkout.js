// Small comforts: the sum follows the quantity, and a second tap does not pay twice. All works without this too.

const form = document.querySelector("form.pay");
const quantity = form?.elements.quantity;

if (quantity) {
  const money = new Intl.NumberFormat("en", { style: "currency", currency: form.dataset.currency });
  const places = money.resolvedOptions().maximumFractionDigits;
  const shown = [...document.querySelectorAll("[data-total], [data-pay], [data-sum]")];
  quantity.addEventListener("input", () => {
    if (!quantity.validity.valid) return;
    const sum = Number(form.dataset.unit) * Number(quantity.value) + Number(form.dataset.rest);
    for (const place of shown) {
      const amount = place.querySelector("b") ?? place;
      amount.textContent = money.format(sum / 10 ** places);
    }
  });
}

form?.addEventListener("submit", (event) => {
  if (form.classList.contains("busy")) event.preventDefault();
  form.classList.add("busy");
});

// Going back to the page brings it as it was left.
addEventListener("pageshow", () => form?.classList.remove("busy"));
