"""Commands of the checkout: demonstration and generated documentation."""
