"""Where does the money go, and when does it become capacity?"""
