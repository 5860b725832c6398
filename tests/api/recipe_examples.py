"""Recipes and simulations for the operations that need some."""


def make_simulation(api):
    """Simulate the journey that other operations ask for; return the ids."""
    simulation = api.post("/api/journeys/welcome/simulations", {})
    return {"recipe_id": "cart-abandonment", "simulation_id": simulation["id"]}


def recipe_examples():
    """Body of the operations that need one."""
    return {
        "install_recipe": {"body": {"language": "ja"}},
        "simulate_journey": {"body": {}},
    }
